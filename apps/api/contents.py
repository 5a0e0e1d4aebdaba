"""What a message holds besides text, as programs read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.card_shapes import CardGiven, OptionGiven, SlotGiven


class AnswerFacts(serializers.Serializer[Any]):
    """What the customer answered, the same for every platform. `selected` are options of quick replies and
    lists, `slot` the time taken, `values` what each question of a form was filled in with, by its id. The
    place that was asked for is the message's own `place`."""

    card_id = serializers.CharField(help_text='The card\'s id; "" when the platform does not say.')
    selected = serializers.ListField(child=OptionGiven())
    slot = SlotGiven(allow_null=True)
    values = serializers.DictField(child=serializers.ListField(child=serializers.CharField(allow_blank=True)))


class PlaceFacts(serializers.Serializer[Any]):
    latitude = serializers.FloatField()
    longitude = serializers.FloatField()
    title = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)


class PersonFacts(serializers.Serializer[Any]):
    name = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class ContentFacts(serializers.Serializer[Any]):
    """`card` as it went out, with `card_as_text` where as numbered text; `answer` stands in the customer's
    message and in the card's own."""

    card = CardGiven(required=False)
    card_as_text = serializers.BooleanField(required=False)
    answer = AnswerFacts(required=False)
    place = PlaceFacts(required=False)
    person = PersonFacts(required=False)
    reaction = serializers.CharField(required=False)
    details = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        required=False,
        help_text="Pairs of words.",
    )
    template = serializers.DictField(required=False)


@extend_schema_field(ContentFacts)
class Content(serializers.DictField):
    """As it is stored."""
