"""A known customer is who the site's server has signed for, and nobody else."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import jwt
import pytest

from apps.connections import identity_secrets
from apps.connections.models import IdentitySecret
from apps.conversations.models import Contact, ContactAddress, Conversation
from apps.core import tenancy
from tests.widget.panels import Panel, agent_says, conversation_of, panel
from tests.worlds import Side

HOUR = 3600


def secret_of(side: Side) -> str:
    with tenancy.scope(side.id):
        return identity_secrets.rotate(side.entry_point, actor="alice")


def signed(secret: str, external_id: str = "c-42", *, expires: int | None = None) -> dict[str, Any]:
    until = int(time.time()) + HOUR if expires is None else expires
    signature = hmac.new(secret.encode(), f"{external_id}.{until}".encode(), sha256).hexdigest()
    return {"external_id": external_id, "expires": until, "signature": signature}


def token(secret: str, key: str, *, algorithm: str | None = "HS256", **claims: Any) -> dict[str, str]:
    facts = {"sub": "c-42", "aud": key, "exp": int(time.time()) + HOUR} | claims
    kept = {name: value for name, value in facts.items() if value is not None}
    return {"jwt": jwt.encode(kept, secret if algorithm != "none" else "", algorithm=algorithm or "HS256")}


Make = Callable[[str, str], object]
PROOFS: dict[str, tuple[Make, str]] = {
    "signature": (lambda secret, key: signed(secret), ""),
    "jwt": (lambda secret, key: token(secret, key), ""),
    "signed with another secret": (lambda secret, key: signed("x" * 43), "identity_forged"),
    "another id under the signature": (
        lambda secret, key: signed(secret) | {"external_id": "c-43"},
        "identity_forged",
    ),
    "a later end under the signature": (
        lambda secret, key: signed(secret) | {"expires": int(time.time()) + 2 * HOUR},
        "identity_forged",
    ),
    "no signature": (lambda secret, key: {"external_id": "c-42", "expires": 1}, "identity_malformed"),
    "empty signature": (lambda secret, key: signed(secret) | {"signature": ""}, "identity_forged"),
    "signature not in ASCII": (
        lambda secret, key: signed(secret) | {"signature": "é\ud800"},
        "identity_forged",
    ),
    "expired": (lambda secret, key: signed(secret, expires=int(time.time()) - 120), "identity_expired"),
    "good for two days": (
        lambda secret, key: signed(secret, expires=int(time.time()) + 48 * HOUR),
        "identity_too_long",
    ),
    "expires as text": (lambda secret, key: signed(secret) | {"expires": "1"}, "identity_malformed"),
    "expires as truth": (lambda secret, key: signed(secret) | {"expires": True}, "identity_malformed"),
    "empty id": (lambda secret, key: signed(secret, ""), "identity_malformed"),
    "endless id": (lambda secret, key: signed(secret, "x" * 201), "identity_malformed"),
    "id with a line break": (lambda secret, key: signed(secret, "a\nb"), "identity_malformed"),
    "no object": (lambda secret, key: "c-42", "identity_malformed"),
    "jwt of another entry point": (lambda secret, key: token(secret, "another"), "identity_forged"),
    "jwt with another secret": (lambda secret, key: token("y" * 43, key), "identity_forged"),
    "jwt expired": (lambda secret, key: token(secret, key, exp=int(time.time()) - 120), "identity_expired"),
    "jwt for two days": (
        lambda secret, key: token(secret, key, exp=int(time.time()) + 48 * HOUR),
        "identity_too_long",
    ),
    "jwt without an end": (lambda secret, key: token(secret, key, exp=None), "identity_malformed"),
    "jwt without sub": (lambda secret, key: token(secret, key, sub=None), "identity_malformed"),
    "jwt that signs nothing": (
        lambda secret, key: token(secret, key, algorithm="none"),
        "identity_malformed",
    ),
    "jwt of another kind": (
        lambda secret, key: token(secret * 2, key, algorithm="HS512"),
        "identity_malformed",
    ),
    "jwt that is none": (lambda secret, key: {"jwt": "a.b.c"}, "identity_malformed"),
    "jwt that is a number": (lambda secret, key: {"jwt": 7}, "identity_malformed"),
}


@pytest.mark.parametrize("name", PROOFS)
def test_proofs(filante: Side, name: str) -> None:
    make, problem = PROOFS[name]
    device = Panel(filante.entry_point.key)
    answer = device.start(identity=make(secret_of(filante), filante.entry_point.key))
    if problem:
        assert (answer.status_code, answer.json()["error"]) == (403, problem)
    else:
        assert answer.json()["visitor"]["known"] is True
    with tenancy.scope(filante.id):
        assert Contact.objects.filter(external_id="c-42").exists() == (not problem)


def test_a_proof_for_another_tenant_is_forged(filante: Side, garance: Side) -> None:
    secret_of(filante)
    foreign = signed(secret_of(garance))
    assert Panel(filante.entry_point.key).start(identity=foreign).json()["error"] == "identity_forged"


def test_without_a_secret_nobody_is_proven(filante: Side) -> None:
    answer = Panel(filante.entry_point.key).start(identity=signed(""))
    assert answer.json()["error"] == "identity_not_set_up"


def test_a_rotated_secret_leaves_a_day_and_a_forgotten_one_none(filante: Side) -> None:
    old, new = secret_of(filante), secret_of(filante)
    for secret in (old, new):
        assert Panel(filante.entry_point.key).start(identity=signed(secret)).status_code == 200
    newest = secret_of(filante)
    assert Panel(filante.entry_point.key).start(identity=signed(old)).status_code == 403
    with tenancy.scope(filante.id):
        identity_secrets.forget(filante.entry_point, actor="alice")
    assert Panel(filante.entry_point.key).start(identity=signed(newest)).status_code == 403


def test_the_secret_is_sealed_and_only_its_end_is_shown(filante: Side) -> None:
    secret = secret_of(filante)
    with tenancy.scope(filante.id):
        row = IdentitySecret.objects.get()
        facts = identity_secrets.facts(filante.entry_point)
    assert secret.encode() not in bytes(row.sealed)
    assert facts is not None and facts.end == secret[-4:]


def test_what_was_said_anonymously_becomes_the_customers(filante: Side) -> None:
    proof = signed(secret_of(filante))
    device = panel(filante)
    device.say("anonyme")
    answer = device.start(identity=proof)
    assert [each["text"] for each in answer.json()["messages"]] == ["anonyme"]
    with tenancy.scope(filante.id):
        contact = Contact.objects.get(external_id="c-42")
        assert Conversation.objects.filter(contact=contact).count() == 1


def test_two_devices_of_a_customer_have_one_conversation(filante: Side) -> None:
    proof = signed(secret_of(filante))
    phone, laptop = panel(filante), panel(filante)
    phone.start(identity=proof)
    phone.say("du téléphone")
    laptop.say("avant de se faire connaître")
    laptop.start(identity=proof)
    laptop.say("de l’ordinateur")
    agent_says(filante, conversation_of(filante, "de l’ordinateur"), "vu")
    everything = ["du téléphone", "avant de se faire connaître", "de l’ordinateur", "vu"]
    assert (phone.texts(), laptop.texts()) == (everything, everything)
    with tenancy.scope(filante.id):
        contact = Contact.objects.get(external_id="c-42")
        assert ContactAddress.objects.filter(contact=contact).count() == 2
        places = {conversation_of(filante, text).pk for text in ("du téléphone", "de l’ordinateur")}
        assert len(places) == 1


def test_a_second_customer_on_the_same_device_sees_nothing_of_the_first(filante: Side) -> None:
    secret = secret_of(filante)
    device = panel(filante)
    device.start(identity=signed(secret, "first"))
    device.say("secret du premier")
    before = device.token
    answer = device.start(identity=signed(secret, "second"))
    assert (answer.json()["messages"], device.token != before) == ([], True)


def test_an_unproven_visitor_who_names_themselves_gets_nothing(filante: Side) -> None:
    proof = signed(secret_of(filante))
    known, stranger = panel(filante), panel(filante)
    known.start(identity=proof)
    known.say("privé")
    stranger.start(identity={**proof, "signature": "0" * 64})
    stranger.say("moi c-42")
    assert stranger.texts() == ["moi c-42"]


def test_the_same_person_is_another_contact_for_another_tenant(filante: Side, garance: Side) -> None:
    for side in (filante, garance):
        device = panel(side)
        device.start(identity=signed(secret_of(side)))
        device.say(f"chez {side.slug}")
        assert device.texts() == [f"chez {side.slug}"]
