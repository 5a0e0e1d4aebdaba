"""The webhook: check, store, leave the rest to Celery."""

from __future__ import annotations

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.naive import signatures, tasks
from benchmarks.naive.models import Channel, Webhook


class ReceiveWebhook(APIView):
    def post(self, request: Request, platform: str, key: str, suffix: str = "") -> Response:
        channel = get_object_or_404(Channel, platform=platform, key=key)
        signatures.check(request, channel)
        body = signatures.read(request)
        event = str(body["update_id"] if platform == "telegram" else body["id"])
        with transaction.atomic():
            webhook, new = Webhook.objects.get_or_create(
                channel=channel, event_id=event, defaults={"body": body}
            )
            if new:
                transaction.on_commit(lambda: tasks.receive_message.delay(webhook.pk))
        return Response({"ok": True})
