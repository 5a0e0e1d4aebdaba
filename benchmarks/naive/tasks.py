"""One task per message, in and out."""

from __future__ import annotations

from typing import Any

import httpx
from asgiref.sync import async_to_sync
from celery import Task, shared_task
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from benchmarks.naive.models import Agent, Contact, Conversation, Message, Webhook

http = httpx.Client(timeout=30)  # keeps connections


@shared_task
def receive_message(webhook_id: int) -> None:
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().select_related("channel").get(pk=webhook_id)
        if webhook.processed:
            return
        message = _store(webhook)
        webhook.processed = True
        webhook.save(update_fields=["processed"])
    tell(message)


@shared_task(bind=True, max_retries=5)
def send_message(self: Task[[int], None], message_id: int) -> None:
    message = Message.objects.select_related("conversation__contact__channel").get(pk=message_id)
    contact = message.conversation.contact
    url = f"{settings.PROVIDER_URL}/{contact.channel.platform}/{contact.channel.key}/send"
    try:
        answer = http.post(url, json={"to": contact.address, "text": message.text})
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise self.retry(exc=error, countdown=1) from error
    message.state = "sent"
    message.ref = str(answer.json().get("ref", ""))
    message.save(update_fields=["state", "ref"])
    tell(message)


def tell(message: Message) -> None:
    """Push the content to every agent of the tenant."""
    layer: Any = get_channel_layer()
    content = {
        "id": message.pk,
        "conversation": message.conversation_id,
        "text": message.text,
        "direction": message.direction,
        "state": message.state,
    }
    group = f"tenant_{message.conversation.tenant_id}"
    async_to_sync(layer.group_send)(group, {"type": "message.new", "message": content})


def _store(webhook: Webhook) -> Message:
    channel = webhook.channel
    address, name, text = WORDS[channel.platform](webhook.body)
    contact, _ = Contact.objects.get_or_create(channel=channel, address=address, defaults={"name": name})
    conversation = Conversation.objects.filter(contact=contact, state="open").first()
    if conversation is None:
        agent = Agent.objects.filter(tenant_id=channel.tenant_id).order_by("?").first()
        conversation = Conversation.objects.create(
            tenant_id=channel.tenant_id, contact=contact, assignee=agent
        )
    message = Message.objects.create(
        conversation=conversation, direction="in", text=text, ref=webhook.event_id
    )
    conversation.last_message_at = timezone.now()
    conversation.save(update_fields=["last_message_at"])
    return message


def _telegram(body: dict[str, Any]) -> tuple[str, str, str]:
    message = body["message"]
    return str(message["chat"]["id"]), message["from"].get("first_name", ""), message.get("text", "")


def _apple(body: dict[str, Any]) -> tuple[str, str, str]:
    return body["sourceId"], "", body.get("body", "")


WORDS = {"telegram": _telegram, "apple_messages": _apple}
