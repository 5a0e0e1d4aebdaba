"""What an app may ask: itself, people, conversations, files."""

from __future__ import annotations

from typing import Any

from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxPhone
from apps.sandbox.slack import shapes
from apps.sandbox.slack.errors import SlackError
from apps.sandbox.slack.parameters import Parameters
from apps.sandbox.slack.sending import find_thread

Json = dict[str, Any]


def auth_test(account: SandboxAccount, given: Parameters) -> Json:
    return {
        "url": "https://sandbox.slack.com/",
        "team": account.name,
        "user": "support",
        "team_id": account.address,
        "user_id": account.data["bot_user_id"],
        "bot_id": account.data["bot_id"],
        "is_enterprise_install": False,
    }


def user(account: SandboxAccount, given: Parameters) -> Json:
    """The language only for who asks for it."""
    wanted = given.text("user")
    phone = next((p for p in SandboxPhone.objects.all() if shapes.person(p) == wanted), None)
    if phone is None:
        raise SlackError("user_not_found")
    return {"user": shapes.user(phone, locale=given.flag("include_locale"))}


def conversation(account: SandboxAccount, given: Parameters) -> Json:
    thread = find_thread(account, given)
    found = {"id": shapes.place(thread)[0], "is_im": True, "user": shapes.person(thread.phone)}
    return {"channel": found}


def history(account: SandboxAccount, given: Parameters) -> Json:
    """Newest first, since `oldest`; metadata only for who asks for it."""
    return _messages(account, given, newest_first=True)


def replies(account: SandboxAccount, given: Parameters) -> Json:
    """A thread, its beginning first."""
    return _messages(account, given, newest_first=False)


def file(account: SandboxAccount, given: Parameters) -> Json:
    rows = SandboxFile.objects.filter(account=account).exclude(path="")
    found = next((file for file in rows if shapes.file_id(file) == given.text("file")), None)
    if found is None:
        raise SlackError("file_not_found")
    return {"file": shapes.file(account, found)}


def _messages(account: SandboxAccount, given: Parameters, *, newest_first: bool) -> Json:
    thread = find_thread(account, given)
    rows = list(thread.messages.exclude(kind="info").select_related("file").order_by("number"))
    since = given.text("oldest") or "0"
    root = shapes.place(thread)[1]
    kept = [row for row in rows if float(row.ref) > float(since) or row.ref == root]
    kept = kept[::-1] if newest_first else kept
    begin, most = given.integer("cursor", 0), given.integer("limit", 100)
    page = [shapes.message(thread, row) for row in kept[begin : begin + most]]
    if not given.flag("include_all_metadata"):
        page = [{name: value for name, value in each.items() if name != "metadata"} for each in page]
    more = begin + most < len(kept)
    cursor = {"next_cursor": str(begin + most) if more else ""}
    return {"messages": page, "has_more": more, "response_metadata": cursor}
