"""Which team a tag leads to. Pure: values in, a decision with its reason out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    RULE = "rule"
    DEFAULT = "default"  # no tag, or a known tag without a rule
    UNKNOWN_TAG = "unknown tag"  # changed or forged on the way: the caller logs it


@dataclass(frozen=True, slots=True)
class Route:
    """`team` is None only when the tenant has no default team."""

    team: UUID | None
    reason: Reason


def route(tag: str, *, rules: Mapping[str, UUID], known: Collection[str], default: UUID | None) -> Route:
    """The team for a conversation that opens with `tag` ("" for none).

    `rules` are team ids by tag, `known` the tags that the tenant uses anywhere
    (`connections.entry_points.known_tags`), `default` its default team. Never raises.
    """
    if tag in rules:
        return Route(rules[tag], Reason.RULE)
    if tag and tag not in known:
        return Route(default, Reason.UNKNOWN_TAG)
    return Route(default, Reason.DEFAULT)
