"""Who is called with what, and what the Cloud API's errors mean beyond those of every Graph API."""

from __future__ import annotations

from collections.abc import Mapping

from apps.platforms.base import BadCredentials, Credentials, MarketingStopped, SendError
from apps.platforms.shared.graph import Account
from apps.platforms.shared.graph_errors import (
    COMMON,
    Meaning,
    Said,
    account_stopped,
    again,
    bad_token,
    rejected,
    too_fast,
    too_fast_for_pair,
    unknown,
    window_closed,
)

STOPPED = 131050  # the customer wants no marketing messages; told at once, or by a status


def no_marketing(said: Said) -> SendError:
    return MarketingStopped(said.words, code=said.code)


# https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes; codes without a row here or in
# COMMON are Rejected by their status 4xx. 131000 and 135000 ("something went wrong") do not say whether the
# message was taken: a status that carries our id, or none, tells.
ERRORS: Mapping[tuple[int, int], Meaning] = {
    **COMMON,
    (80007, 0): too_fast,
    (130429, 0): too_fast,  # throughput of the number
    (130472, 0): rejected,  # part of an experiment of Meta's
    (130497, 0): rejected,  # this country only
    (131000, 0): unknown,
    (131005, 0): bad_token,
    (131016, 0): again,
    (131026, 0): rejected,  # not on WhatsApp, an old client, or has not accepted the terms: Meta does not say
    (131031, 0): account_stopped,
    (131037, 0): account_stopped,  # display name not approved
    (131042, 0): account_stopped,  # not paid
    (131045, 0): account_stopped,  # number not registered
    (131047, 0): window_closed,
    (131048, 0): too_fast,  # too many were reported as spam
    (STOPPED, 0): no_marketing,
    (131056, 0): too_fast_for_pair,
    (131057, 0): again,  # maintenance
    (131064, 0): too_fast,
    (133016, 0): too_fast,
    (135000, 0): unknown,
}


def stops_account(code: object) -> bool:
    """Whether an error's code says that nothing at all can be sent: it also comes in the status of a message
    that had been accepted (an unpaid bill comes in no other way)."""
    meaning = ERRORS.get((code, 0)) if isinstance(code, int) else None
    return meaning in (bad_token, account_stopped)


def account(creds: Credentials, *, names: str = "") -> Account:
    """`names` is the credential that stands in the address of the call: it is to blame for code 100, subcode
    33, with which Meta says that the token knows no object with this id or may not see it."""

    def no_such_object(said: Said) -> BadCredentials:
        return BadCredentials(said.words, field=names, code=said.code)

    return Account(
        token=creds.get("token", ""),
        app_secret=creds.get("app_secret", ""),
        base_url=creds.get("base_url", ""),
        errors={**ERRORS, (100, 33): no_such_object} if names else ERRORS,
    )


def number(creds: Credentials) -> tuple[str, Account]:
    """The id of our number and whom to call as. Raises BadCredentials for what cannot be an id."""
    return _digits(creds, "phone_number_id"), account(creds, names="phone_number_id")


def business(creds: Credentials) -> tuple[str, Account]:
    """The same for the WhatsApp Business Account."""
    return _digits(creds, "waba_id"), account(creds, names="waba_id")


def _digits(creds: Credentials, field: str) -> str:
    value = creds.get(field, "").strip()
    if not (value.isascii() and value.isdigit()):
        raise BadCredentials("this is not an ID of Meta's", field=field, code="no_id")
    return value
