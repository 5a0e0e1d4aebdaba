"""`sandbox_seed`: a first look that shows something, made without a server, once."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from apps.connections.entry_points import channels_of
from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import (
    Attachment,
    ContactAddress,
    Conversation,
    Delivery,
    Message,
    Note,
    StreamEvent,
)
from apps.core import tenancy
from apps.routing.models import RoutingRule
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxPost
from apps.tenants import audit, doors
from apps.tenants.models import Membership, TeamMember, User


def seed() -> dict[str, object]:
    out = io.StringIO()
    call_command("sandbox_seed", json=True, stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


@pytest.fixture
def demo(db: None) -> object:
    assert seed() == {"tenant": "demo", "created": True}
    tenant_id = doors.tenant_named("demo")
    assert tenant_id is not None
    with tenancy.scope(tenant_id):
        yield tenant_id


def test_people_and_teams(demo: object) -> None:
    people = Membership.objects.values_list("user__email", "role").order_by("user__email")
    assert list(people) == [
        ("ines@demo.example", "agent"),
        ("lea@demo.example", "agent"),
        ("marc@demo.example", "supervisor"),
        ("owner@demo.example", "owner"),
    ]
    assert not any(
        user.has_usable_password() for user in User.objects.filter(email__endswith="@demo.example")
    )
    places = TeamMember.objects.values_list("membership__user__email", "team__slug")
    assert {("lea@demo.example", "adsl"), ("ines@demo.example", "mobile")} <= set(places)
    assert dict(RoutingRule.objects.values_list("tag", "team__name")) == {"adsl": "ADSL", "mobile": "Mobile"}


def test_channels_and_buttons(demo: object) -> None:
    channels = Channel.objects.values_list("platform", "state", "health").order_by("platform")
    assert list(channels) == [(name, "live", "good") for name in ("apple_messages", "telegram", "webchat")]
    offers = {
        point.name: (point.tag, [channel.platform for channel in channels_of(point)])
        for point in EntryPoint.objects.all()
    }
    order = ["apple_messages", "webchat", "telegram"]
    assert offers == {"Assistance ADSL": ("adsl", order), "Mobile": ("mobile", order)}


def test_conversations_show_everything_once(demo: object) -> None:
    facts = Conversation.objects.values_list("channel__platform", "tag", "status", "locale")
    assert sorted(facts) == [
        ("apple_messages", "adsl", "open", "en-GB"),
        ("apple_messages", "adsl", "open", "fr-FR"),
        ("apple_messages", "mobile", "open", "fr-FR"),
        ("telegram", "adsl", "waiting", "fr"),
        ("telegram", "mobile", "closed", "fr"),
        ("telegram", "mobile", "waiting", "en"),
        ("webchat", "adsl", "waiting", "fr-FR"),
    ]
    assert {conversation.team.slug == conversation.tag for conversation in Conversation.objects.all()} == {
        True
    }
    assert Note.objects.count() == 1
    assert [a.kind for a in Attachment.objects.all()] == ["image"]
    assert [a.gone_reason for a in ContactAddress.objects.filter(reachable=False)] == ["deleted"]
    answer = Message.objects.get(direction="in", content__has_key="answer").content["answer"]
    assert answer["selected"][0]["title"] == "Orange clignotant"


def test_phones_and_inbox_agree(demo: object) -> None:
    """What agents said was sent, and stands on the phones; nothing waits."""
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert SandboxPost.objects.count() == 0
    left = ContactAddress.objects.get(reachable=False).value
    said = Message.objects.filter(direction="out").exclude(text="").exclude(conversation__address__value=left)
    shown = SandboxMessage.objects.filter(mine=False, kind="text")
    assert sorted(said.values_list("text", flat=True)) == sorted(shown.values_list("text", flat=True))
    assert audit.verify() is None


def test_again_only_follows_the_address(demo: object, settings: LazySettings) -> None:
    before = Conversation.objects.count()
    settings.BASE_URL = "http://localhost:9999"
    assert seed() == {"tenant": "demo", "created": False}
    bases = {c.settings["base_url"] for c in Channel.objects.exclude(platform="webchat")}
    assert bases == {"http://localhost:9999/sandbox/apple/v1", "http://localhost:9999/sandbox/telegram"}
    hook = SandboxAccount.objects.get(platform="telegram").webhook_url
    assert (hook.startswith("http://localhost:9999/hooks/telegram/"), Conversation.objects.count()) == (
        True,
        before,
    )


def test_not_without_a_sandbox(db: None, settings: LazySettings) -> None:
    settings.SANDBOX = False
    with pytest.raises(CommandError, match="SANDBOX"):
        seed()


def test_what_happened_stands_between_the_messages_it_came_between(demo: object) -> None:
    """Seven conversations that began this second, put back in time: their events too."""
    for found in Conversation.objects.all():
        moments = StreamEvent.objects.filter(conversation=found).order_by("seq").values_list("at", flat=True)
        last_word = Message.objects.filter(conversation=found).latest("seq").said_at
        assert list(moments) == sorted(moments)
        assert found.opened_at - moments[0] < timedelta(seconds=5)
        assert max(moments) - last_word < timedelta(minutes=1)


def test_channels_have_heard_their_customers(demo: object) -> None:
    assert Channel.objects.filter(last_received_at=None).count() == 0
