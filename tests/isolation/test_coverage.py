"""Nothing new escapes the tests of isolation: every way in is attacked somewhere, or is nobody's on purpose.

Addresses under /<tenant>/ are attacked one by one by test_addresses, without a list. For everything else a
new address, socket or place that writes SQL itself makes a test here red until someone has thought of it.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from apps.console import sockets as console
from apps.widget import sockets as widget
from tests.isolation.addresses import all_addresses

ROOT = Path(__file__).resolve().parents[2]

# Namespaces whose own tests try everything from a second tenant and are complete by themselves.
ATTACKED_BY = {
    "api": "tests.api.test_access",
    "widget": "tests.widget.test_isolation",
    "sandbox": "tests.sandbox.test_isolation",
    "admin": "tests.backoffice.test_doors",
}

# A person's own pages, the same for everybody; what they show comes from the session alone.
PERSONAL = re.compile(r"^(account_|mfa_|usersessions_|site:(after_sign_in|new_business|profile)$)")

# Open to strangers. Each says by what it finds a tenant, if at all.
OPEN = {
    "?": "livez, readyz: no tenant",
    "site:home": "no tenant",
    "site:sign_in_link": "the token's hash",
    "site:join": "the token's hash",
    "set_language": "no tenant",
    "button-sheet": "no tenant",
    "entry:entry": "the entry point's public key",
    "entry:go": "the entry point's public key",
    "hooks:channel": "the channel's key, after the signature",
    "hooks:channel-suffix": "the channel's key, after the signature",
    "hooks:shared": "the event's address, after the signature",
    "hooks:shared-message": "the event's address, after the signature",
}

# Modules that write SQL themselves: injected SQL could name another tenant (fact R8), so each passes values
# as parameters only, and a new one is looked at before it comes here.
WRITES_SQL = {
    "apps/backoffice/figures.py",
    "apps/backoffice/metrics.py",
    "apps/backoffice/doctor/database.py",
    "apps/connections/counts.py",
    "apps/connections/doors.py",
    "apps/connections/tidy.py",
    "apps/console/read_marks.py",
    "apps/conversations/claim.py",
    "apps/conversations/deliver.py",
    "apps/conversations/housekeeping.py",
    "apps/conversations/inbox.py",
    "apps/conversations/look.py",
    "apps/conversations/media.py",
    "apps/conversations/outcomes.py",
    "apps/conversations/search.py",
    "apps/conversations/statuses.py",
    "apps/conversations/stream.py",
    "apps/core/management/commands/database_roles.py",
    "apps/core/rows.py",
    "apps/core/running/prepare.py",
    "apps/core/tenancy.py",
    "apps/sandbox/delivery.py",
    "apps/sandbox/doors.py",
    "apps/tenants/audit.py",
    "apps/tenants/doors.py",
    "apps/tenants/invite.py",
    "apps/tenants/teams.py",
    "apps/widget/doors.py",
}
LOOKS_ACROSS = {
    "apps/backoffice/doctor/deployment.py",
    "apps/backoffice/session.py",
    "apps/backoffice/site.py",
    "apps/backoffice/views/act.py",
    "apps/backoffice/views/support.py",
    "apps/connections/management/commands/rotate_keys.py",
}


def modules_with(pattern: str) -> set[str]:
    sources = [path for path in (ROOT / "apps").rglob("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)) for path in sources if re.search(pattern, path.read_text())}


def test_every_address_outside_a_tenant_is_known() -> None:
    names = {address.name for address in all_addresses() if not address.under_tenant}
    loose = {name for name in names if name.split(":")[0] not in ATTACKED_BY and not PERSONAL.match(name)}
    assert loose == set(OPEN)


@pytest.mark.parametrize("module", ATTACKED_BY.values(), ids=list(ATTACKED_BY))
def test_whoever_attacks_a_namespace_is_there(module: str) -> None:
    assert [name for name in dir(import_module(module)) if name.startswith("test_")]


def test_every_socket_is_known() -> None:
    """tests/console/live/test_isolation and tests/widget/test_socket try every op of these two."""
    assert [
        str(socket.pattern) for socket in (*console.websocket_urlpatterns, *widget.websocket_urlpatterns)
    ] == [
        "<slug:tenant>/inbox/live/",
        "widget/v1/live/",
    ]


def test_every_module_that_writes_sql_is_known() -> None:
    assert modules_with(r"\.cursor\(|\.raw\(|RawSQL|\.extra\(|_raw_delete") == WRITES_SQL


def test_no_sql_is_put_together_from_values() -> None:
    """Names of roles are ours; everything else travels as a parameter."""
    pattern = r"execute\(\s*(f[\"']|[\"'][^\"']*[\"']\s*%|[^)]*\.format\()"
    ours = {
        "apps/core/management/commands/database_roles.py",
        "apps/core/running/prepare.py",
        "apps/core/running/template.py",
    }
    assert modules_with(pattern) == ours


def test_every_module_that_looks_across_tenants_is_known() -> None:
    assert modules_with(r"tenancy\.operator\(\)|using\(.operator.\)") == LOOKS_ACROSS


def test_no_migration_gives_the_owners_role_back() -> None:
    """bin/up takes it by SET ROLE: after RESET ROLE the tables that follow would belong to the login."""
    migrations = (ROOT / "apps").glob("*/migrations/*.py")
    pattern = re.compile(r"[\"'](RESET ROLE|SET ROLE|SET SESSION AUTHORIZATION)")
    assert [path.name for path in migrations if pattern.search(path.read_text())] == []
