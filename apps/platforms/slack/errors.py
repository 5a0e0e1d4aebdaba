"""What an answer of Slack's Web API means: HTTP 200 with `ok` and, when that is false, the name of an error.

https://docs.slack.dev/reference/methods/chat.postMessage lists the names. One without a row here means that
this message is not accepted and others may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared.answers import redact, seconds, stranger

Meaning = Callable[[str, str], SendError]
AGAIN_IN = 30.0  # seconds; not documented: how long a limit without Retry-After lasts


def _token(code: str, words: str) -> SendError:
    return BadCredentials(words, field="token", code=code)


def _deleted(code: str, words: str) -> SendError:
    return ContactGone(words, reason="deleted", code=code)


def _blocked(code: str, words: str) -> SendError:
    return ContactGone(words, reason="blocked", code=code)


def _again(code: str, words: str) -> SendError:
    return Unreachable(words, code=code)


def _unknown(code: str, words: str) -> SendError:
    return Unknown(words, code=code)


def _slower(code: str, words: str) -> SendError:
    return Throttled(words, retry_after=AGAIN_IN, code=code)


ERRORS: Mapping[str, Meaning] = {
    "not_authed": _token,
    "invalid_auth": _token,
    "account_inactive": _token,
    "token_revoked": _token,
    "token_expired": _token,
    "not_allowed_token_type": _token,
    "missing_scope": _token,
    "no_permission": _token,
    "org_login_required": _token,
    "ekm_access_denied": _token,
    "access_denied": _token,
    "team_access_not_granted": _token,
    "two_factor_setup_required": _token,
    "channel_not_found": _deleted,
    "is_archived": _deleted,
    "thread_not_found": _deleted,
    "message_not_found": _deleted,  # the first message of the thread that is to be answered
    "user_not_found": _deleted,
    "user_disabled": _deleted,
    "not_in_channel": _blocked,
    "cannot_dm_bot": _blocked,
    "messages_tab_disabled": _blocked,
    "ratelimited": _slower,
    "rate_limited": _slower,
    "message_limit_exceeded": _slower,
    "service_unavailable": _again,
    "request_timeout": _again,  # of our request: it did not arrive whole
    "team_added_to_org": _again,  # for some minutes
    "internal_error": _unknown,
    "fatal_error": _unknown,  # "some aspect of the operation" may have succeeded
}


def result_of(answer: Response, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The body of an accepted call. Raises a SendError whose words contain none of `secrets`."""
    data = answer.json()
    if not isinstance(data, dict) or not isinstance(data.get("ok"), bool):
        raise stranger(answer, "Slack")
    if answer.status == 429:
        wait = seconds(answer.headers.get("retry-after", ""), default=AGAIN_IN)
        raise Throttled("Slack asks us to wait", retry_after=wait, code="ratelimited")
    if data["ok"] and answer.status < 300:
        return data
    raise refusal(data, answer.status, secrets)


def refusal(data: Mapping[str, Any], status: int, secrets: tuple[str, ...]) -> SendError:
    """What `{"ok": false, "error": …}` means."""
    code = redact(str(data.get("error") or status), secrets)[:60]
    words = redact(" ".join([code.replace("_", " "), *_details(data)]), secrets)
    meaning = ERRORS.get(code)
    if meaning is not None:
        return meaning(code, words)
    return Unknown(words, code=code) if status >= 500 else Rejected(words, code=code)


def _details(data: Mapping[str, Any]) -> list[str]:
    """What was needed, or which block is wrong."""
    metadata = data.get("response_metadata")
    said = metadata.get("messages") if isinstance(metadata, dict) else None
    lines = [str(line) for line in said[:3]] if isinstance(said, list) else []
    return ([f"({data['needed']})"] if data.get("needed") else []) + lines
