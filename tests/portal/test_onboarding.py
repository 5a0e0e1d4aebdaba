"""First steps check themselves."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.test import Client

from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import AuthorKind, Direction, Message
from apps.core import tenancy
from apps.portal.first_steps import finished, first_steps
from apps.tenants.models import Membership, User
from apps.tenants.register import register_tenant
from tests.people import setup_url
from tests.worlds import Side, person, signed_in


def done(side_id: object, user: User) -> dict[str, bool]:
    with tenancy.scope(side_id):  # type: ignore[arg-type]
        return {step.key: step.done for step in first_steps(user)}


def test_a_new_business_has_everything_before_it(db: None) -> None:
    zoe = person("zoe")
    EmailAddress.objects.filter(user=zoe).update(verified=False)
    tenant = register_tenant(zoe, "Neuve")
    assert set(done(tenant.pk, zoe).values()) == {False}
    EmailAddress.objects.filter(user=zoe).update(verified=True)
    assert done(tenant.pk, zoe) == {
        "email": True,
        "channel": False,
        "entry_point": False,
        "message": False,
        "answer": False,
        "team": False,
    }


def test_every_step_looks_at_what_is_there(filante: Side) -> None:
    assert done(filante.id, filante.owner) == {
        "email": True,
        "channel": True,
        "entry_point": True,
        "message": True,
        "answer": False,
        "team": True,
    }
    with tenancy.scope(filante.id):
        Message.objects.create(
            conversation=filante.conversation, channel=filante.channel, seq=99, direction=Direction.OUT,
            author_kind=AuthorKind.MEMBER, author=filante.owner_membership, text="Bonjour",
        )  # fmt: skip
        assert finished(filante.owner)
        EntryPoint.objects.update(active=False)
        Channel.objects.update(state="disabled")
        Membership.objects.exclude(user=filante.owner).update(active=False)
        assert not finished(filante.owner)
    assert [key for key, is_done in done(filante.id, filante.owner).items() if not is_done] == [
        "channel",
        "entry_point",
        "team",
    ]


def test_the_page_names_the_next_step_and_links_to_it(db: None) -> None:
    tenant = register_tenant(person("zoe"), "Neuve")
    client: Client = signed_in(User.objects.get(email="zoe@example.com"))
    page = client.get(f"/{tenant.slug}/setup/").content.decode()
    assert "1 of 6" in page
    assert page.count('aria-current="step"') == 1
    assert f'href="/{tenant.slug}/setup/channels/"' in page.partition('aria-current="step"')[2]


def test_the_first_message_is_one_press_from_the_real_link(filante: Side) -> None:
    with tenancy.scope(filante.id):
        Message.objects.all().delete()
    page = signed_in(filante.owner).get(setup_url(filante)).content.decode()
    assert f"/e/{filante.entry_point.key}/" in page
