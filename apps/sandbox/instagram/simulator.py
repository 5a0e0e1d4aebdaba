"""Instagram's entry in the list of simulators."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts as known
from apps.sandbox.meta import accounts, gestures, hand
from apps.sandbox.simulators import Simulator

SIMULATOR = Simulator(
    slug="instagram",
    path="instagram",
    hand=hand,
    make_account=partial(accounts.make, "instagram"),
    credentials=accounts.credentials,
    urls=partial(accounts.urls, "instagram"),
    webhook_of=known.registered_webhook,  # set by hand in the Meta app
    skin="ph--rose",
    header=_("Professional account"),
    leave_words=_("Block"),
    return_words=_("Unblock"),
    tag_words=_("the tag arrives with the first words"),
    typing_seconds=20,
    reactions=tuple(hand.REACTIONS),
    gestures=gestures.offered,
    verbs=frozenset({"withdraw"}),
)
