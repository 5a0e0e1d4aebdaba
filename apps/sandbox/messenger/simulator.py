"""Messenger's entry in the list of simulators."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts as known
from apps.sandbox.meta import accounts, gestures, hand
from apps.sandbox.simulators import Simulator

SIMULATOR = Simulator(
    slug="messenger",
    path="messenger",
    hand=hand,
    make_account=partial(accounts.make, "messenger"),
    credentials=accounts.credentials,
    urls=partial(accounts.urls, "messenger"),
    webhook_of=known.registered_webhook,  # set by hand in the Meta app
    skin="ph--violet",
    header=_("Page"),
    leave_words=_("Block"),
    return_words=_("Unblock"),
    tag_words=_("the tag arrives with Get started"),
    typing_seconds=20,
    needs_start=True,
    reactions=tuple(hand.REACTIONS),
    gestures=gestures.offered,
    verbs=frozenset({"edit"}),
    comment=hand.comment,
)
