"""What programs may ask and say: every value is checked before it reaches a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from apps.api.card_shapes import CardGiven, card_from
from apps.conversations.models import ConversationStatus
from apps.conversations.send import MAX_FILES, MAX_TEXT, Draft
from apps.conversations.templated import Choice
from apps.platforms.templates import MOST as MAX_VALUE


class ConversationFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(ConversationStatus.choices, required=False)
    team = serializers.SlugField(required=False, max_length=60, help_text="The team's slug.")
    tag = serializers.CharField(required=False, max_length=64, help_text="The routing tag, exactly.")
    channel = serializers.UUIDField(required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="With a message, opened or closed at or after this time (ISO 8601)."
    )


class TemplateGiven(serializers.Serializer[Any]):
    """One of the channel's approved templates, as `GET /channels/{id}/templates/` lists them."""

    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=20)
    values = serializers.DictField(
        child=serializers.CharField(max_length=MAX_VALUE), default=dict, help_text="By name of parameter."
    )


class MessageGiven(serializers.Serializer[Any]):
    """Something to say: text, files, a card, or all of them; or a template alone. `reply_to` is a message of
    the same conversation."""

    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, default="", trim_whitespace=False
    )
    attachments = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MAX_FILES,
        help_text="Ids of files uploaded to this conversation, in order. A card names them by position.",
    )
    card = CardGiven(required=False, allow_null=True)
    card_as_text = serializers.BooleanField(
        default=True,
        help_text="Whether a card that cannot be shown to this customer may go out as numbered text.",
    )
    template = TemplateGiven(required=False, allow_null=True)
    reply_to = serializers.UUIDField(required=False, allow_null=True)

    def validate_attachments(self, given: list[UUID]) -> list[UUID]:
        if len(set(given)) < len(given):
            raise serializers.ValidationError(_("Each file only once."))
        return given


@dataclass(frozen=True, slots=True)
class Asked:
    """`card_as_text` False: rather nothing than the card as numbered text."""

    draft: Draft
    card_as_text: bool


def filters(request: Request) -> dict[str, Any]:
    """The query's filters. Raises ValidationError naming the first that is wrong."""
    return _valid(ConversationFilters(data=request.query_params))


def message(request: Request) -> Asked:
    """The body as something to say. Raises ValidationError."""
    given = _valid(MessageGiven(data=request.data))
    template = given.get("template")
    draft = Draft(
        text=given["text"],
        attachments=tuple(given.get("attachments", ())),
        card=card_from(given["card"]) if given.get("card") else None,
        template=Choice(**template) if template else None,
        reply_to=given.get("reply_to"),
    )
    return Asked(draft, given["card_as_text"])


def _valid(given: serializers.Serializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found
