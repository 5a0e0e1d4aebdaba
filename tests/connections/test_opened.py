"""Remembered credentials are the channel's present ones, whatever changed them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.connections import opened, vault
from apps.connections.models import Channel, ChannelSecret, TenantKey
from apps.core import tenancy
from tests.worlds import Side, World

pytestmark = pytest.mark.django_db


def connect(here: Side) -> Channel:
    with tenancy.scope(here.id):
        channel = Channel.objects.create(
            platform="telegram", name="T", state="live", settings={"username": "a"}
        )
        vault.store(channel, "token", f"first of {here.slug}")
        return channel


def known(here: Side, channel: Channel) -> dict[str, str]:
    with tenancy.scope(here.id):
        return dict(opened.credentials(Channel.objects.get(pk=channel.pk)))


def test_opened_once_for_a_version(world: World) -> None:
    here = world.filante
    channel = connect(here)
    assert known(here, channel) == {"username": "a", "token": "first of filante"}
    with tenancy.scope(here.id):
        read = Channel.objects.get(pk=channel.pk)
        with CaptureQueriesContext(connection) as asked:
            opened.credentials(read)
    assert len(asked) == 0


def test_each_tenant_has_its_own(world: World) -> None:
    for side in (world.filante, world.garance):
        assert known(side, connect(side))["token"] == f"first of {side.slug}"


def test_what_is_changed_is_seen_at_once(world: World) -> None:
    here = world.filante
    channel = connect(here)
    known(here, channel)
    with tenancy.scope(here.id):
        vault.store(channel, "token", "second")
    assert known(here, channel) == {"username": "a", "token": "second"}
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=channel.pk).update(settings={"username": "b"})
        ChannelSecret.objects.filter(channel=channel).delete()
    assert known(here, channel) == {"username": "b"}


def test_an_erased_key_erases_what_is_remembered(world: World) -> None:
    here = world.filante
    channel = connect(here)
    known(here, channel)
    with tenancy.scope(here.id):
        TenantKey.objects.all().delete()
    with pytest.raises(vault.CredentialUnreadable):
        known(here, channel)
