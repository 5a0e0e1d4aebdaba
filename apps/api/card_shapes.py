"""Cards as programs write and read them. Each kind has the fields of `apps.platforms.cards`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.conversations.send import MAX_FILES
from apps.platforms import cards

MAX_OPTIONS = 100
CARD_NEEDS = {
    "quick_replies": ("prompt", "options"),
    "list_picker": ("title", "sections"),
    "time_slots": ("title", "slots"),
    "form": ("title", "fields"),
    "link": ("text", "button", "url"),
    "location_request": ("prompt",),
    "location": ("latitude", "longitude"),
    "contact": ("name", "phone"),
    "media_group": ("images",),
}


def position() -> serializers.IntegerField:
    """Of a file among the message's `attachments`."""
    words = "The position of a picture among the message's attachments, from 0."
    return serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MAX_FILES - 1, help_text=words
    )


class ChoiceGiven(serializers.Serializer[Any]):
    id = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=200)
    subtitle = serializers.CharField(max_length=200, default="", allow_blank=True)


class OptionGiven(ChoiceGiven):
    image = position()


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
    options = serializers.ListField(child=ChoiceGiven(), required=False, max_length=MAX_OPTIONS)


class CardGiven(serializers.Serializer[Any]):
    """A rich message. What each kind needs: `quick_replies` prompt and options; `list_picker` title and
    sections; `time_slots` title and slots; `form` title and fields; `link` text, button and url;
    `location_request` prompt; `location` latitude and longitude; `contact` name and phone; `media_group`
    images, positions of pictures or films. An option, a list and a link may have an `image`."""

    kind = serializers.ChoiceField(list(CARD_NEEDS))
    id = serializers.CharField(max_length=200)
    prompt = serializers.CharField(required=False, max_length=1000)
    options = serializers.ListField(
        child=OptionGiven(), required=False, allow_empty=False, max_length=MAX_OPTIONS
    )
    title = serializers.CharField(required=False, max_length=500, allow_blank=True)
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
    text = serializers.CharField(required=False, max_length=1000, allow_blank=True)
    button = serializers.CharField(required=False, max_length=60)
    url = serializers.URLField(required=False, max_length=2000, help_text="https only.")
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90)
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180)
    address = serializers.CharField(required=False, max_length=500, allow_blank=True)
    name = serializers.CharField(required=False, max_length=200)
    image = position()
    images = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MAX_FILES - 1),
        required=False,
        allow_empty=False,
        max_length=MAX_FILES,
        help_text="Positions among the message's attachments, from 0.",
    )
    phone = serializers.RegexField(r"^\+[1-9][0-9]{3,14}$", required=False, help_text="E.164.")

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a word of the framework's: the declared name only stands in for it."""
        found = super().get_fields()
        return {name.rstrip("_"): field for name, field in found.items()}

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        needed = CARD_NEEDS[given["kind"]]
        missing = {
            name: [self.error_messages["required"]] for name in needed if given.get(name) in (None, "")
        }
        if missing:
            raise serializers.ValidationError(missing)
        return given


def card_from(given: dict[str, Any]) -> cards.Card:
    """The card of checked fields. Raises ValidationError for what the fields alone do not show."""
    slots = [{**slot, "start": slot["start"].isoformat()} for slot in given.get("slots", ())]
    try:
        return cards.from_json({**given, "slots": slots})
    except cards.BadCard as error:
        raise serializers.ValidationError({"card": [str(error)]}) from None
