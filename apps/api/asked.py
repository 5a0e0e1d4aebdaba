"""What programs may ask and say: every value is checked before it reaches a query."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.conversations.models import ConversationStatus
from apps.conversations.send import MAX_TEXT, Draft
from apps.platforms import cards

MAX_OPTIONS = 100


class ConversationFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(ConversationStatus.choices, required=False)
    team = serializers.SlugField(required=False, max_length=60, help_text="The team's slug.")
    tag = serializers.CharField(required=False, max_length=64, help_text="The routing tag, exactly.")
    channel = serializers.UUIDField(required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="With a message, opened or closed at or after this time (ISO 8601)."
    )


class OptionGiven(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=200)
    subtitle = serializers.CharField(max_length=200, default="", allow_blank=True)


class SectionGiven(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, default="", allow_blank=True)
    options = serializers.ListField(child=OptionGiven(), allow_empty=False, max_length=MAX_OPTIONS)
    multiple = serializers.BooleanField(default=False)


class CardGiven(serializers.Serializer[Any]):
    """A rich message. `quick_replies` has `prompt` and `options`; `list_picker` has `title` and `sections`.
    Where it cannot be shown it goes out as numbered text."""

    kind = serializers.ChoiceField(["quick_replies", "list_picker"])
    id = serializers.CharField(max_length=200)
    prompt = serializers.CharField(required=False, max_length=1000)
    options = serializers.ListField(
        child=OptionGiven(), required=False, allow_empty=False, max_length=MAX_OPTIONS
    )
    title = serializers.CharField(required=False, max_length=500)
    subtitle = serializers.CharField(required=False, max_length=500, allow_blank=True)
    reply_title = serializers.CharField(required=False, max_length=500, allow_blank=True)
    sections = serializers.ListField(
        child=SectionGiven(), required=False, allow_empty=False, max_length=MAX_OPTIONS
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = ("prompt", "options") if given["kind"] == "quick_replies" else ("title", "sections")
        missing = {name: [self.error_messages["required"]] for name in needed if name not in given}
        if missing:
            raise serializers.ValidationError(missing)
        return given


class MessageGiven(serializers.Serializer[Any]):
    """Something to say: text, a card, or both. `reply_to` is a message of the same conversation."""

    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, default="", trim_whitespace=False
    )
    card = CardGiven(required=False, allow_null=True)
    reply_to = serializers.UUIDField(required=False, allow_null=True)


def filters(request: Request) -> dict[str, Any]:
    """The query's filters. Raises ValidationError naming the first that is wrong."""
    return _valid(ConversationFilters(data=request.query_params))


def draft(request: Request) -> Draft:
    """The body as something to say. Raises ValidationError."""
    given = _valid(MessageGiven(data=request.data))
    card = given.get("card")
    return Draft(
        text=given["text"], card=cards.from_json(card) if card else None, reply_to=given.get("reply_to")
    )


def _valid(given: serializers.Serializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found
