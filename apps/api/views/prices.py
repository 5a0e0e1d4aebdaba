"""What the platforms say that messages cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.schema import LIST_ERRORS
from apps.api.views.base import TenantView
from apps.conversations import prices
from apps.tenants.models import Role

USUAL = timedelta(days=30)
MOST = timedelta(days=366)


class PriceFilters(serializers.Serializer[Any]):
    since = serializers.DateTimeField(required=False, help_text="30 days ago without it.")
    until = serializers.DateTimeField(required=False, help_text="Now without it; at most 366 days later.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        until = given.get("until", timezone.now())
        since = given.get("since") or _before(until)
        if not timedelta(0) <= until - since <= MOST:
            raise serializers.ValidationError({"until": ["From since to at most 366 days later."]})
        return {"since": since, "until": until}


class PriceFacts(serializers.Serializer[Any]):
    """Messages sent over one channel to one country, in the platform's own category and currency. `amount`
    is null where the platform names none; currencies are never added up."""

    channel = serializers.UUIDField(source="channel_id")
    country = serializers.CharField(help_text="ISO 3166, empty when unknown.")
    category = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217, empty when none was named.")
    messages = serializers.IntegerField()
    billed = serializers.IntegerField()
    amount = serializers.CharField(allow_null=True, help_text="A decimal number.")


class PriceSums(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    results = PriceFacts(many=True)


class Prices(TenantView):
    role: ClassVar[str] = Role.ADMIN

    @extend_schema(
        operation_id="sum_prices", parameters=[PriceFilters], responses={200: PriceSums, **LIST_ERRORS}
    )
    def get(self, request: Request) -> Response:
        """What the platforms say of the price of messages sent in a time, by channel and country."""
        asked = PriceFilters(data=request.query_params)
        asked.is_valid(raise_exception=True)
        times = asked.validated_data
        return Response(PriceSums({**times, "results": prices.summed(**times)}).data)


def _before(until: Any) -> Any:
    try:
        return until - USUAL
    except OverflowError:
        raise serializers.ValidationError({"until": ["Too early."]}) from None
