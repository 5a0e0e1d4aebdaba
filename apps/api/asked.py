"""What programs may ask and say: every value is checked before it reaches a query."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.conversations.models import ConversationStatus
from apps.conversations.send import MAX_TEXT, Draft
from apps.conversations.templated import Choice
from apps.platforms import cards
from apps.platforms.templates import MOST as MAX_VALUE

MAX_OPTIONS = 100


class ConversationFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(ConversationStatus.choices, required=False)
    team = serializers.SlugField(required=False, max_length=60, help_text="The team's slug.")
    tag = serializers.CharField(required=False, max_length=64, help_text="The routing tag, exactly.")
    channel = serializers.UUIDField(required=False)
    updated_since = serializers.DateTimeField(
        required=False, help_text="With a message, opened or closed at or after this time (ISO 8601)."
    )


CARD_NEEDS = {
    "quick_replies": ("prompt", "options"),
    "list_picker": ("title", "sections"),
    "time_slots": ("title", "slots"),
    "form": ("title", "fields"),
    "link": ("text", "button", "url"),
    "location_request": ("prompt",),
    "location": ("latitude", "longitude"),
    "contact": ("name", "phone"),
}


class OptionGiven(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=200)
    subtitle = serializers.CharField(max_length=200, default="", allow_blank=True)


class SectionGiven(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, default="", allow_blank=True)
    options = serializers.ListField(child=OptionGiven(), allow_empty=False, max_length=MAX_OPTIONS)
    multiple = serializers.BooleanField(default=False)


class SlotGiven(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=200)
    start = serializers.DateTimeField(help_text="ISO 8601 with an offset.")
    minutes = serializers.IntegerField(min_value=1, max_value=7 * 24 * 60)


class FieldGiven(serializers.Serializer[Any]):
    """A question of a form; `options` for choice and choices."""

    id = serializers.CharField(max_length=200)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]
    type = serializers.ChoiceField(cards.FIELD_TYPES, default="text")
    required = serializers.BooleanField(default=True)  # type: ignore[assignment]
    options = serializers.ListField(child=OptionGiven(), required=False, max_length=MAX_OPTIONS)


class CardGiven(serializers.Serializer[Any]):
    """A rich message. What each kind needs: `quick_replies` prompt and options; `list_picker` title and
    sections; `time_slots` title and slots; `form` title and fields; `link` text, button and url;
    `location_request` prompt; `location` latitude and longitude; `contact` name and phone. Where it cannot be
    shown it goes out as numbered text."""

    kind = serializers.ChoiceField(list(CARD_NEEDS))
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
    slots = serializers.ListField(
        child=SlotGiven(), required=False, allow_empty=False, max_length=MAX_OPTIONS
    )
    timezone = serializers.CharField(required=False, max_length=60, help_text="IANA name; UTC when missing.")
    place = serializers.CharField(required=False, max_length=500, allow_blank=True)
    fields_ = serializers.ListField(
        child=FieldGiven(), required=False, allow_empty=False, max_length=MAX_OPTIONS
    )
    submit = serializers.CharField(required=False, max_length=60, allow_blank=True)
    text = serializers.CharField(required=False, max_length=1000)
    button = serializers.CharField(required=False, max_length=60)
    url = serializers.URLField(required=False, max_length=2000, help_text="https only.")
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90)
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180)
    address = serializers.CharField(required=False, max_length=500, allow_blank=True)
    name = serializers.CharField(required=False, max_length=200)
    phone = serializers.RegexField(r"^\+[1-9][0-9]{3,14}$", required=False, help_text="E.164.")

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a word of the framework's: the declared name only stands in for it."""
        found = super().get_fields()
        return {name.rstrip("_"): field for name, field in found.items()}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = CARD_NEEDS[given["kind"]]
        missing = {name: [self.error_messages["required"]] for name in needed if name not in given}
        if missing:
            raise serializers.ValidationError(missing)
        return given


class TemplateGiven(serializers.Serializer[Any]):
    """One of the channel's approved templates, as `GET /channels/{id}/templates/` lists them."""

    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=20)
    values = serializers.DictField(
        child=serializers.CharField(max_length=MAX_VALUE), default=dict, help_text="By name of parameter."
    )


class MessageGiven(serializers.Serializer[Any]):
    """Something to say: text, a card, or both; or a template alone. `reply_to` is a message of the same
    conversation."""

    text = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_TEXT, default="", trim_whitespace=False
    )
    card = CardGiven(required=False, allow_null=True)
    template = TemplateGiven(required=False, allow_null=True)
    reply_to = serializers.UUIDField(required=False, allow_null=True)


def filters(request: Request) -> dict[str, Any]:
    """The query's filters. Raises ValidationError naming the first that is wrong."""
    return _valid(ConversationFilters(data=request.query_params))


def draft(request: Request) -> Draft:
    """The body as something to say. Raises ValidationError."""
    given = _valid(MessageGiven(data=request.data))
    template = given.get("template")
    return Draft(
        text=given["text"],
        card=_card(given["card"]) if given.get("card") else None,
        template=Choice(**template) if template else None,
        reply_to=given.get("reply_to"),
    )


def _card(given: dict[str, Any]) -> cards.Card:
    slots = [{**slot, "start": slot["start"].isoformat()} for slot in given.get("slots", ())]
    try:
        return cards.from_json({**given, "slots": slots})
    except cards.BadCard as error:
        raise serializers.ValidationError({"card": [str(error)]}) from None


def _valid(given: serializers.Serializer[Any]) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    found: dict[str, Any] = given.validated_data
    return found
