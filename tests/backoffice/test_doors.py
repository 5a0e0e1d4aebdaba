"""Who comes into /admin/, and what the database lets them read there."""

from __future__ import annotations

import json
import time
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib import admin
from django.core.management import call_command
from django.db import connections, transaction
from django.db.utils import ProgrammingError
from django.test import Client, RequestFactory
from django.urls import reverse

from apps.backoffice.pages.base import OperatorPage
from apps.backoffice.site import OperatorSite
from apps.core import tenancy
from apps.tenants.models import User
from tests.backoffice.conftest import Operator
from tests.worlds import World, signed_in

LISTS = [
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in sorted(admin.site._registry, key=lambda model: model.__name__)
]


def test_the_site_is_ours_and_holds_only_operational_things() -> None:
    assert isinstance(admin.site, OperatorSite)
    assert LISTS == [
        "tenants_auditentry",
        "connections_channel",
        "conversations_delivery",
        "tenants_membership",
        "connections_receivedwebhook",
        "tenants_supportgrant",
        "tenants_tenant",
        "tenants_user",
    ]


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/tenant/", "/admin/login/"])
def test_strangers_sign_in_through_the_one_door(committed_world: World, path: str) -> None:
    answer = Client().get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/login/?next=")


@pytest.mark.parametrize("path", ["/admin/", "/admin/tenants/tenant/", "/admin/act/suspend/"])
def test_an_owner_is_no_operator(committed_world: World, path: str) -> None:
    answer = signed_in(committed_world.filante.owner).get(path, follow=True)
    assert answer.status_code == 403


def test_a_second_factor_is_asked_of_whoever_has_one(olga: Operator) -> None:
    """A sign-in link or a stolen session without the second step is not enough."""
    secret = generate_totp_secret()
    TOTP.activate(olga.user, secret)
    answer = olga.browser.get("/admin/tenants/tenant/?q=x")
    asked = "/account/2fa/reauthenticate/?next=%2Fadmin%2Ftenants%2Ftenant%2F%3Fq%3Dx"
    assert (answer.status_code, answer["Location"]) == (302, asked)
    assert olga.browser.post("/admin/act/suspend/", {}).status_code == 302
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = olga.browser.post(asked, {"code": code})
    assert answer["Location"] == "/admin/tenants/tenant/?q=x"
    assert olga.browser.get("/admin/tenants/tenant/?q=x").status_code == 200


def test_operators_are_made_and_unmade_by_command(committed_world: World) -> None:
    def run(*arguments: str) -> dict[str, object]:
        out = StringIO()
        call_command("operator_add", "olga@example.com", "--json", *arguments, stdout=out)
        found: dict[str, object] = json.loads(out.getvalue())
        return found

    made, again = run(), run()
    assert [(found["operator"], found["changed"]) for found in (made, again)] == [(True, True), (True, False)]
    browser = signed_in(User.objects.get(email="olga@example.com"))
    assert browser.get("/admin/").status_code == 200
    assert run("--remove") == {"email": "olga@example.com", "operator": False, "changed": True}
    assert browser.get("/admin/").status_code == 302


def test_passwords_are_changed_in_ones_own_account(olga: Operator) -> None:
    assert olga.browser.get("/admin/password_change/")["Location"] == "/account/password/change/"


def test_only_admin_pages_may_evaluate(olga: Operator) -> None:
    policies = {path: olga.browser.get(path)["Content-Security-Policy"] for path in ("/admin/", "/")}
    assert ("'unsafe-eval'" in policies["/admin/"], "'unsafe-eval'" in policies["/"]) == (True, False)
    directives = [part.split() for part in policies["/admin/"].split(";")]
    assert ["script-src", "'self'", "'unsafe-eval'"] in directives
    assert "'unsafe-inline'" not in policies["/admin/"].replace("style-src-attr 'unsafe-inline'", "")


@pytest.mark.parametrize("name", LISTS)
def test_lists_and_pages_show_no_content_and_no_secrets(
    committed_world: World, olga: Operator, name: str
) -> None:
    here = committed_world.filante
    bodies = [olga.browser.get(reverse(f"admin:{name}_changelist"), {"q": "fil"})]
    page = olga.browser.get(reverse(f"admin:{name}_changelist"))
    rows = page.context["cl"].result_list
    bodies += [page, *(olga.browser.get(reverse(f"admin:{name}_change", args=[row.pk])) for row in rows)]
    assert [body.status_code for body in bodies] == [200] * len(bodies)
    text = "".join(body.content.decode() for body in bodies)
    for word in ("plus d’internet", "visitor-1", here.owner.password, "argon2"):
        assert word not in text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM conversations_message",
        "SELECT count(*) FROM conversations_note",
        "SELECT count(*) FROM conversations_conversation",
        "SELECT count(*) FROM conversations_contact",
        "SELECT count(*) FROM conversations_contactaddress",
        "SELECT count(*) FROM conversations_attachment",
        "SELECT count(*) FROM conversations_streamevent",
        "SELECT count(*) FROM connections_channelsecret",
        "SELECT wrapped FROM connections_tenantkey",
        "SELECT count(*) FROM tenants_apitoken",
        "SELECT part FROM conversations_delivery",
        "SELECT raw FROM connections_receivedwebhook",
        "SELECT headers FROM connections_receivedwebhook",
        "DELETE FROM tenants_auditentry",
        "UPDATE tenants_auditentry SET actor = 'x'",
        "UPDATE conversations_delivery SET part = '{}'",
        "DELETE FROM tenants_tenant",
    ],
)
def test_the_database_itself_refuses_content(committed_world: World, query: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="operator"):
        connections["operator"].cursor().execute(query)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("act", ["add/", "{pk}/delete/"])
def test_nothing_is_added_or_deleted_by_hand(
    committed_world: World, olga: Operator, method: str, act: str
) -> None:
    path = f"/admin/tenants/tenant/{act.format(pk=committed_world.filante.id)}"
    assert getattr(olga.browser, method)(path).status_code == 403


def test_nothing_is_changed_in_place(committed_world: World, olga: Operator) -> None:
    path = f"/admin/tenants/tenant/{committed_world.filante.id}/change/"
    assert olga.browser.post(path, {"name": "Taken", "state": "suspended"}).status_code == 403


def test_the_first_page_tells_how_things_flow(committed_world: World, olga: Operator) -> None:
    page = olga.browser.get("/admin/")
    shown = page.context["dashboard"]
    assert [(queue.name, queue.rows) for _, queue in shown["live"]["queues"]] == [
        ("webhooks", 0),
        ("deliveries", 0),
        ("attachments", 0),
    ]
    assert [figure.number for figure in shown["figures"]] == [0, 0, 0, 0, 0, 2, 0, 0]


@pytest.mark.parametrize("name", ["connections_receivedwebhook", "conversations_delivery"])
def test_queues_are_found_without_reading_the_whole_table(
    committed_world: World, olga: Operator, name: str
) -> None:
    page = site_page(name)
    with tenancy.operator(), transaction.atomic(using="operator"):
        connections["operator"].cursor().execute("SET LOCAL enable_seqscan = off")
        plan = page.get_queryset(RequestFactory().get("/")).order_by().explain()
    assert f"Seq Scan on {name}" not in plan


@pytest.mark.parametrize(
    "path",
    ["/admin/jsi18n/", "/admin/search/?s=chan", "/admin/tenants/tenant/{id}/history/", "/admin/tenants/"],
)
def test_the_further_pages_of_the_site_open(committed_world: World, olga: Operator, path: str) -> None:
    assert olga.browser.get(path.format(id=committed_world.filante.id)).status_code == 200


def site_page(name: str) -> OperatorPage:
    page: OperatorPage = next(
        page for model, page in admin.site._registry.items() if model._meta.db_table == name
    )
    return page
