"""Playing both sides: a person at the sandbox's phone page over HTTP, an agent through the product."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import httpx
from django.conf import settings
from django.utils import timezone

from apps.connections.connect import connect_channel
from apps.connections.models import Channel, EntryPointChannel
from apps.conversations import deliver, files, inbox, media
from apps.conversations.models import AuthorKind, Conversation, Delivery, Message
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.sandbox import accounts, faults, phones, store
from apps.sandbox.models import (
    FaultKind,
    SandboxAccount,
    SandboxMessage,
    SandboxPhone,
    SandboxPost,
    SandboxThread,
)
from apps.tenants.models import User
from tests.worlds import Side, signed_in

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def browser(user: User, base_url: str) -> httpx.Client:
    """A browser in which `user` has signed in, towards the running web process."""
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: cookie}
    # There is no TLS here, and reading the machine's authorities takes longer than most pages.
    return httpx.Client(base_url=base_url, cookies=cookies, timeout=30, verify=False)


class Player:
    """One customer's phone on one platform, connected to one side's business."""

    def __init__(self, side: Side, platform: str, base_url: str) -> None:
        self.side, self.browser = side, browser(side.agent, base_url)
        with tenancy.scope(side.id):
            phone: SandboxPhone = phones.new_phone(name="Camille")
        self.connect(platform, phone=phone)
        page = self.browser.get(f"/{side.slug}/sandbox/customers/{phone.pk}/")
        found = _TOKEN.search(page.text)
        assert page.status_code == 200 and found, page.text[:500]
        self.token = found[1]

    def connect(self, platform: str, *, phone: SandboxPhone) -> None:
        """A channel on `platform`, and what stands on the phone between the two."""
        with tenancy.scope(self.side.id):
            self.account: SandboxAccount = accounts.ensure_account(platform)
        with tenancy.scope(self.side.id):
            given = accounts.credentials(self.account)
            self.channel: Channel = connect_channel(platform, name="", credentials=given, actor="test")
            places = EntryPointChannel.objects.filter(entry_point=self.side.entry_point)
            place = {"entry_point": self.side.entry_point, "position": places.count()}
            EntryPointChannel.objects.create(channel=self.channel, **place)
            self.thread: SandboxThread = phones.thread_of(phone, self.account)

    def taps_the_button(self) -> str:
        """Follow the Message button's link; the screen that it leads to."""
        answer = self.browser.get(f"/e/{self.side.entry_point.key}/1/", follow_redirects=True)
        assert answer.status_code == 200, answer.text[:300]
        return str(answer.text)

    def does(self, verb: str, *, file: tuple[str, bytes, str] | None = None, **data: Any) -> str:
        """One gesture; the screen after it, as htmx gets it."""
        answer = self.browser.post(
            f"/{self.side.slug}/sandbox/threads/{self.thread.pk}/{verb}/",
            data={**data, "csrfmiddlewaretoken": self.token},
            files={"file": file} if file else None,
            headers={"HX-Request": "true", "Origin": str(self.browser.base_url).rstrip("/")},
        )
        assert answer.status_code in (200, 204), answer.text[:300]
        return str(answer.text)

    def says(self, text: str) -> Message:
        """The customer's words, arrived in the product."""
        self.does("say", text=text)
        self.settle()
        return self.messages()[-1]

    def settle(self) -> None:
        """Until every webhook was taken and handled."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with tenancy.scope(self.side.id):
                waiting = SandboxPost.objects.exists()
            if not waiting:
                inbox.drain()
                media.drain()
                return
            time.sleep(0.05)
        raise AssertionError("the business does not take its webhooks")

    def chooses(self, title: str) -> dict[str, Any]:
        """Tap what is called `title` on the last card; the typed answer in the product."""
        card = self.screen()[-1]
        option = next(each["id"] for each in card.data["options"] if each["title"] == title)
        self.does("answer", message=str(card.pk), option=option)
        self.settle()
        answer: dict[str, Any] = self.messages()[-1].content["answer"]
        return answer

    def answers(self, draft: Draft) -> list[Delivery]:
        """An agent's message, tried once; its deliveries after that."""
        sent = self.writes(draft)
        deliver.drain()
        with tenancy.scope(self.side.id):
            return list(Delivery.objects.filter(message=sent).order_by("seq"))

    def writes(self, draft: Draft) -> Message:
        """An agent's message, which waits until something is sent."""
        author = Author(kind=AuthorKind.MEMBER, membership=self.side.agent_membership)
        with tenancy.scope(self.side.id):
            return send_message(self.conversation().pk, author, draft, client_id=uuid4())

    def uploads(self, name: str, content: bytes) -> UUID:
        with tenancy.scope(self.side.id):
            return files.upload(self.conversation(), BytesIO(content), name=name).pk

    def switch(self, kind: FaultKind, *, on: bool = True) -> None:
        with tenancy.scope(self.side.id):
            faults.switch(self.account, kind, on=on)

    def conversation(self) -> Conversation:
        with tenancy.scope(self.side.id):
            rows = Conversation.objects.select_related("team", "address", "entry_point")
            return rows.get(channel=self.channel)

    def messages(self) -> list[Message]:
        """What the product has of the conversation."""
        with tenancy.scope(self.side.id):
            return list(Message.objects.filter(channel=self.channel).order_by("seq"))

    def received(self) -> list[Message]:
        """Those of the customer."""
        return [message for message in self.messages() if message.direction == "in"]

    def state_of(self, delivery: Delivery) -> str:
        """What has become of it since."""
        with tenancy.scope(self.side.id):
            return str(Delivery.objects.get(pk=delivery.pk).state)

    def screen(self) -> list[SandboxMessage]:
        """What stands on the phone."""
        with tenancy.scope(self.side.id):
            rows = SandboxMessage.objects.filter(thread=self.thread).select_related("file")
            return list(rows.order_by("number"))

    def heard(self) -> list[str]:
        """The words on the phone that came from the business."""
        return [message.text for message in self.screen() if not message.mine]

    def stored(self, message: SandboxMessage) -> bytes:
        """The bytes of a file on the phone."""
        with tenancy.scope(self.side.id):
            assert message.file is not None
            return store.path_of(message.file).read_bytes()

    def attached(self, message: Message) -> tuple[str, bytes]:
        """Kind and bytes of a message's only file in the product."""
        with tenancy.scope(self.side.id):
            attachment = message.attachments.get()
            return attachment.kind, files.full_path(attachment.path).read_bytes()


def long_ago(player: Player) -> None:
    """As if what was answered had been answered earlier: the platform's times are whole seconds, and what was
    sent in the second of the customer's message counts as sent after it."""
    with tenancy.scope(player.side.id):
        earlier = timezone.now() - timedelta(minutes=1)
        Delivery.objects.filter(channel=player.channel).update(created_at=earlier)
