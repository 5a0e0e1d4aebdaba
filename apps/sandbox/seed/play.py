"""Playing a conversation out: the customer on a phone, the agent through the ordinary functions.

What crosses the wire in life crosses it here too, only inside this process: the phone's webhooks are read
by the adapter, the agent's deliveries are sent by it to the simulator.
"""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from django.utils import timezone

from apps.connections import health, vault
from apps.connections.addresses import webhook_url
from apps.connections.models import EntryPoint
from apps.conversations import outcomes
from apps.conversations.models import AuthorKind, Conversation, Delivery, DeliveryStatus
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import registry
from apps.platforms.base import Inbound, Outgoing, part_from_json
from apps.platforms.cards import Card
from apps.sandbox import accounts, phones, simulators, threads
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxPost, SandboxThread
from apps.sandbox.seed import local_http
from apps.tenants.models import Membership


class Customer:
    """One phone in one conversation of the demonstration business, in the open scope."""

    def __init__(self, platform: str, point: EntryPoint, *, locale: str, name: str) -> None:
        self.account = SandboxAccount.objects.get(platform=platform)
        phone = phones.new_phone(locale=locale, name=name)
        self.thread = phones.tap(phone, self.account, point)
        self.hand = simulators.of(self.account).hand

    def says(self, text: str) -> None:
        self.hand.say(self._thread(), text)
        self._arrives()

    def shows(self, picture: BytesIO, name: str) -> None:
        self.hand.send_file(self._thread(), picture, name=name, mime="image/jpeg")
        self._arrives()

    def picks(self, option: str) -> None:
        """Answer the last card."""
        card = SandboxMessage.objects.filter(thread=self.thread, mine=False).latest("number")
        card.thread = self._thread()
        self.hand.answer(card, [option])
        self._arrives()

    def leaves(self) -> None:
        self.hand.leave(self._thread())
        self._arrives()

    @property
    def conversation(self) -> Conversation:
        return Conversation.objects.get(address__value=self.thread.address)

    def hears(self, agent: Membership, text: str = "", *, card: Card | None = None) -> None:
        """The agent writes, and the phone shows it."""
        author = Author(kind=AuthorKind.MEMBER, membership=agent)
        sent = send_message(self.conversation.pk, author, Draft(text=text, card=card), client_id=uuid4())
        for delivery in sent.deliveries.order_by("seq"):
            _send(delivery)

    def _thread(self) -> SandboxThread:
        return threads.locked(self.thread.pk)

    def _arrives(self) -> None:
        channel = accounts.channel_of(self.account)
        assert channel is not None
        adapter, credentials = registry.get(channel.platform), vault.reveal(channel)
        for post in SandboxPost.objects.filter(thread=self.thread).order_by("id"):
            signed = self.hand.proof(self.account, webhook_url(channel), bytes(post.body))
            headers = {**post.headers, **signed.headers}
            inbound = Inbound(method="POST", path="", query={}, headers=headers, body=bytes(post.body))
            adapter.verify(inbound, credentials)
            for event in adapter.parse(inbound, credentials):
                receive(channel, event)
            post.delete()
        health.received(channel)


def _send(delivery: Delivery) -> None:
    """One delivery to the simulator, its result written as a worker would."""
    token, started = new_id(), timezone.now()
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryStatus.SENDING, lease_token=token)
    conversation, channel = delivery.conversation, delivery.channel
    outgoing = Outgoing(
        id=delivery.pk,
        sender=channel.address,
        to=conversation.address.value,
        part=part_from_json(delivery.part),
        locale=conversation.locale,
        agent=delivery.message.author_name,
    )
    sending = registry.get(channel.platform).send(outgoing, vault.reveal(channel), local_http.LocalHttp())
    outcomes.write(tenancy.require(), delivery.pk, token, local_http.run(sending), started)
