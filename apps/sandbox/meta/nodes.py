"""The nodes and edges beside messages: who we are, subscriptions, profile, personas, thread control."""

from __future__ import annotations

import secrets
from typing import Any

from apps.sandbox import threads
from apps.sandbox.meta import products
from apps.sandbox.meta.errors import invalid
from apps.sandbox.meta.parameters import Parameters
from apps.sandbox.models import SandboxAccount, SandboxThread

PROFILE = {"get_started", "greeting", "ice_breakers", "persistent_menu", "whitelisted_domains"}
Json = dict[str, Any]
DONE: Json = {"success": True}


def me(account: SandboxAccount, given: Parameters) -> Json:
    facts = {
        "id": account.address,
        "user_id": account.address,
        "name": account.name,
        "username": f"acme{account.address[-4:]}",
        "instagram_business_account": {"id": account.address, "username": f"acme{account.address[-4:]}"},
    }
    wanted = [str(name).partition("{")[0] for name in given.items("fields")] or ["id", "name"]
    return {name: facts[name] for name in {"id", *wanted} if name in facts}


def app(account: SandboxAccount, given: Parameters) -> Json:
    return {"id": account.data["app_id"]}


def renewed(account: SandboxAccount, given: Parameters) -> Json:
    """The same token for another sixty days; only Instagram's own login has that."""
    if account.platform != products.INSTAGRAM.platform:
        raise invalid("Unsupported request. Object does not exist or cannot be loaded", subcode=33)
    return {"access_token": given.token, "token_type": "bearer", "expires_in": 5_183_944}


def subscribe(account: SandboxAccount, given: Parameters) -> Json:
    fields = {str(name).strip() for name in given.items("subscribed_fields")}
    if not fields or fields - products.of(account).fields:
        raise invalid("Param subscribed_fields must be one of the known fields")
    _keep(account, subscribed=sorted(fields))
    return DONE


def unsubscribe(account: SandboxAccount, given: Parameters) -> Json:
    _keep(account, subscribed=[])
    return DONE


def subscribed(account: SandboxAccount, given: Parameters) -> Json:
    fields = account.data.get("subscribed", [])
    row = {"id": account.data["app_id"], "name": "Sandbox", "subscribed_fields": fields}
    return {"data": [row] if fields else []}


def set_profile(account: SandboxAccount, given: Parameters) -> Json:
    profile = dict(account.data.get("profile", {}))
    for name in given.names() & PROFILE:
        profile[name] = given.thing(name) if name == "get_started" else given.items(name)
    messenger = products.of(account) is products.MESSENGER  # on Instagram ice breakers replace the button
    if messenger and profile.get("persistent_menu") and not profile.get("get_started"):
        raise invalid("You must set a Get Started button if you also wish to use persistent menu")
    for row in profile.get("ice_breakers", []):
        if len(row.get("call_to_actions", [])) > 4:
            raise invalid("There can be at most 4 ice breakers")
    _keep(account, profile=profile)
    return {"result": "success"}


def get_profile(account: SandboxAccount, given: Parameters) -> Json:
    profile = account.data.get("profile", {})
    return {"data": [{name: profile[name] for name in given.items("fields") if name in profile}]}


def delete_profile(account: SandboxAccount, given: Parameters) -> Json:
    gone = set(given.items("fields"))
    profile = account.data.get("profile", {})
    _keep(account, profile={name: value for name, value in profile.items() if name not in gone})
    return {"result": "success"}


def make_persona(account: SandboxAccount, given: Parameters) -> Json:
    name, picture = given.text("name"), given.text("profile_picture_url")
    if not name or not picture.startswith("https://"):
        raise invalid("A persona needs a name and a picture")
    number = str(10**14 + secrets.randbelow(10**14))
    _keep(account, personas={**account.data.get("personas", {}), number: {"name": name, "picture": picture}})
    return {"id": number}


def personas(account: SandboxAccount, given: Parameters) -> Json:
    known = account.data.get("personas", {})
    return {"data": [{"id": number, "name": each["name"]} for number, each in known.items()]}


def pass_control(account: SandboxAccount, given: Parameters) -> Json:
    return _own(account, given, owner=given.text("target_app_id"))


def take_control(account: SandboxAccount, given: Parameters) -> Json:
    return _own(account, given, owner="")


def thread_owner(account: SandboxAccount, given: Parameters) -> Json:
    thread = _of(account, given.text("recipient"))
    owner = thread.data.get("owner") or account.data["app_id"]
    return {"data": [{"thread_owner": {"app_id": owner}}]}


def person(account: SandboxAccount, number: str) -> Json:
    """A customer's profile."""
    thread = _of(account, number)
    return {"id": number, "first_name": thread.phone.name, "name": thread.phone.name}


def _own(account: SandboxAccount, given: Parameters, *, owner: str) -> Json:
    thread = _of(account, str(given.thing("recipient").get("id", "")))
    thread.data = {**thread.data, "owner": "" if owner == account.data["app_id"] else owner}
    thread.save(update_fields=["data"])
    return DONE


def _of(account: SandboxAccount, number: str) -> SandboxThread:
    found = threads.at_address(account, number)
    if found is None:
        raise invalid("Object does not exist or cannot be loaded", subcode=33)
    return found


def _keep(account: SandboxAccount, **values: Any) -> None:
    account.data = {**account.data, **values}
    account.save(update_fields=["data"])
