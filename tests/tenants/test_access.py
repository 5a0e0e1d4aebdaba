"""Ways in besides a password: API tokens, support grants, one-time links; and being thrown out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.core import tenancy
from apps.tenants import access_changed, sign_in_link, support, tokens
from apps.tenants.models import ApiToken, AuditEntry, SignInLink, SupportGrant, User
from tests.people import opened_by, typed_in
from tests.worlds import Side, person


def _issue(side: Side, *, role: str = "agent", days: int = 30) -> tuple[ApiToken, str]:
    with tenancy.scope(side.id):
        return tokens.issue("CRM", role=role, days=days, issuer=side.owner_membership, actor=side.owner.email)


def test_a_token_opens_its_own_tenant(filante: Side, garance: Side) -> None:
    ours, text = _issue(filante)
    theirs, other = _issue(garance)
    assert opened_by(text) == (filante.id, ours.pk)
    assert opened_by(other) == (garance.id, theirs.pk)
    with tenancy.scope(filante.id):
        row = ApiToken.objects.get()
        assert row.last_used_at is not None
        assert (row.hint, text not in str(vars(row))) == (text[-4:], True)


@pytest.mark.parametrize("fault", ["expired", "revoked", "invented", "empty"])
def test_a_token_that_is_not_good_is_nobody(filante: Side, fault: str) -> None:
    token, text = _issue(filante)
    with tenancy.scope(filante.id):
        if fault == "expired":
            ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        elif fault == "revoked":
            tokens.revoke(token, actor="alice")
            tokens.revoke(token, actor="alice")
            assert AuditEntry.objects.filter(action="token.revoked").count() == 1
    given = {"invented": text[:-1] + "~", "empty": ""}.get(fault, text)
    assert opened_by(given) is None


@pytest.mark.advisory("S14", "Zulip CVE-2022-31168")
def test_a_token_is_not_above_its_issuer(filante: Side) -> None:
    with tenancy.scope(filante.id), pytest.raises(tokens.RoleTooHigh):
        tokens.issue("CRM", role="owner", days=30, issuer=filante.agent_membership, actor="bob")


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_ends(filante: Side, days: int) -> None:
    with pytest.raises(ValueError):
        _issue(filante, days=days)


def _operator() -> User:
    user = person("olivia")
    user.is_staff = True
    user.save()
    return user


def test_an_operator_looks_only_while_granted(filante: Side, garance: Side) -> None:
    olivia = _operator()
    with tenancy.scope(filante.id):
        assert not support.may_read(olivia)
        granted = support.grant(olivia, "Ticket 311: lost photos", minutes=30)
        assert support.may_read(olivia)
        assert [entry.action for entry in AuditEntry.objects.filter(actor=olivia.email)] == [
            "support.granted"
        ]
    with tenancy.scope(garance.id):
        assert not support.may_read(olivia)
    with tenancy.scope(filante.id):
        support.end(granted, actor=filante.owner.email)
        support.end(granted, actor=filante.owner.email)
        assert not support.may_read(olivia)
        assert AuditEntry.objects.filter(action="support.ended").count() == 1


def test_a_grant_ends_by_itself(filante: Side) -> None:
    with tenancy.scope(filante.id):
        support.grant(_operator(), "Ticket 311", minutes=1)
        SupportGrant.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
        assert list(support.active_grants()) == []


@pytest.mark.parametrize(("reason", "minutes"), [("", 30), ("  ", 30), ("Ticket", 0), ("Ticket", 481)])
def test_a_grant_needs_a_reason_and_an_end(filante: Side, reason: str, minutes: int) -> None:
    with tenancy.scope(filante.id), pytest.raises(ValueError):
        support.grant(_operator(), reason, minutes=minutes)


def test_a_member_is_no_operator(filante: Side) -> None:
    with tenancy.scope(filante.id), pytest.raises(ValueError):
        support.grant(filante.owner, "I own the place", minutes=30)


def _token_in(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[1]


def test_a_link_signs_in_once(filante: Side) -> None:
    token = _token_in(sign_in_link.make_link(filante.owner, next="/filante/inbox/"))
    assert token not in str(SignInLink.objects.values_list("token_hash", flat=True))
    assert sign_in_link.is_good(token)
    assert sign_in_link.use(token) == (filante.owner, "/filante/inbox/")
    assert (sign_in_link.is_good(token), sign_in_link.use(token)) == (False, None)


@pytest.mark.parametrize("fault", ["expired", "disabled", "invented"])
def test_a_link_that_is_not_good_signs_nobody_in(filante: Side, fault: str) -> None:
    token = _token_in(sign_in_link.make_link(filante.owner))
    if fault == "expired":
        SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif fault == "disabled":
        User.objects.filter(pk=filante.owner.pk).update(is_active=False)
    assert sign_in_link.use("x" + token if fault == "invented" else token) is None


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
@pytest.mark.advisory("S19", "allauth before 65.14.1")
def test_a_link_leads_nowhere_else(filante: Side, next: str) -> None:
    with pytest.raises(ValueError):
        sign_in_link.make_link(filante.owner, next=next)


def test_signing_someone_out_ends_their_sessions_and_no_others(filante: Side) -> None:
    alice, bob = typed_in(filante.owner), typed_in(filante.agent)
    access_changed.publish(filante.agent.pk, sign_out=True)
    gone = Session.objects.filter(session_key=bob.session.session_key)
    kept = Session.objects.filter(session_key=alice.session.session_key)
    assert (gone.exists(), kept.exists()) == (False, True)
    assert bob.get("/account/home/").headers["Location"].startswith("/account/login/")
