"""Channels and entry points, to know what the conversations refer to."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api.facts import ChannelFacts, EntryPointFacts, TemplateFacts
from apps.api.pages import ByName
from apps.api.schema import LIST_ERRORS, READ_ERRORS, page_of, paging
from apps.api.views.base import TenantView
from apps.connections.models import Channel, EntryPoint, MessageTemplate


class Channels(TenantView):
    @extend_schema(
        operation_id="list_channels",
        parameters=paging(ByName),
        responses={200: page_of(ChannelFacts), **LIST_ERRORS},
    )
    def get(self, request: Request) -> Response:
        """The connected accounts and how they are doing. Never their credentials."""
        pages = ByName()
        rows = pages.paginate_queryset(Channel.objects.defer("settings", "key"), request, view=self)
        return pages.get_paginated_response(ChannelFacts(rows, many=True, context={"request": request}).data)


class Templates(TenantView):
    @extend_schema(
        operation_id="list_templates",
        parameters=paging(ByName),
        responses={200: page_of(TemplateFacts), **READ_ERRORS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """A channel's approved messages, as the platform last listed them."""
        if not Channel.objects.filter(pk=pk).exists():
            raise Http404
        pages = ByName()
        found = MessageTemplate.objects.filter(channel=pk).defer("raw")
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(TemplateFacts(rows, many=True).data)


class EntryPoints(TenantView):
    @extend_schema(
        operation_id="list_entry_points",
        parameters=paging(ByName),
        responses={200: page_of(EntryPointFacts), **LIST_ERRORS},
    )
    def get(self, request: Request) -> Response:
        """The Message buttons, links and QR codes."""
        pages = ByName()
        rows = pages.paginate_queryset(EntryPoint.objects.prefetch_related("places"), request, view=self)
        facts = EntryPointFacts(rows, many=True, context={"request": request})
        return pages.get_paginated_response(facts.data)
