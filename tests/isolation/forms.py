"""Good values for forms that the general ones do not suit, so that the attack gets past their validation.

An address that answers 400 or 422 to the form that is known here counts as not reached and makes the run red.
"""

from __future__ import annotations

from typing import Any

from tests.isolation.inventory import Inventory

# A value is "app.Model.column" for a row of one's own, LEFT_OUT, or itself.
LEFT_OUT = None
POINT = {"show": LEFT_OUT, "locale": "fr", "tag": "adsl", "size": "m", "theme": "green",
         "allowed_origins": "https://shop.example", "channels": "connections.Channel.id",
         "team": "tenants.Team.id", "button_text": "Bonjour", "prefilled_text": "Bonjour",
         "group": "shop", "channel": LEFT_OUT}  # fmt: skip
FORMS: dict[str, dict[str, Any]] = {
    "console:send": {"card": LEFT_OUT, "template": LEFT_OUT},
    "portal:entry-point": POINT,
    "portal:entry-point-new": POINT,
    "portal:channel-stand-in": {"stand_in": LEFT_OUT},  # of another tenant: tests/portal, tests/conversations
    "portal:channel-redirect": {"entry_points": "connections.EntryPoint.id", "preview": LEFT_OUT},
    "portal:person": {"role": "owner"},
    "portal:team-edit": {"members": "tenants.Membership.id"},
    "portal:team-new": {"members": "tenants.Membership.id"},
    "portal:token-issue": {"days": "30"},
    "site:profile": {"theme": "dark"},
    "widget:answers": {"selected": ["y"], "slot": LEFT_OUT, "values": {}, "place": LEFT_OUT},
    "widget:session": {"entry_point": "connections.EntryPoint.key"},
}
GRAPH = "names a version and a node of the Graph API: tests/sandbox plays them"
MAIL = "wants a signature with the gateway's own secret: tests/sandbox plays it"
RCS = "wants a token of the account's own agent: tests/sandbox plays it"
SMS = "wants Basic authentication with the account's own token: tests/sandbox plays it"
# Addresses that refuse every form that can be made without knowing a secret or the moment.
REFUSES = {
    "portal:channel-retire": "wants the channel's own name typed: tests/portal plays it",
    "sandbox:viber": "each method has its own words: tests/sandbox plays them, here ids are exchanged",
    "sandbox:line": "each call has its own words: tests/sandbox plays them, here ids are exchanged",
    "sandbox:apple-message": "wants an envelope whose headers agree: tests/sandbox plays it",
    "sandbox:apple-decode": "wants a payload that the simulated phone encrypted",
    "sandbox:telegram": "each method has its own words: tests/sandbox plays them, here ids are exchanged",
    "sandbox:messenger-node": GRAPH,
    "sandbox:messenger-edge": GRAPH,
    "sandbox:instagram-node": GRAPH,
    "sandbox:instagram-edge": GRAPH,
    "sandbox:email-messages": MAIL,
    "sandbox:email-status": MAIL,
    "sandbox:rcs-token": "wants an assertion that the account's private key signed",
    "sandbox:rcs-messages": RCS,
    "sandbox:rcs-events": RCS,
    "sandbox:rcs-capabilities": RCS,
    "sandbox:sms-messages": SMS,
    "sandbox:sms-number": SMS,
    "sandbox:sms-numbers": SMS,
    "sandbox:sms-account": SMS,
    "sandbox:whatsapp-node": GRAPH,
    "sandbox:whatsapp-edge": GRAPH,
    "sandbox:whatsapp-node-slash": GRAPH,
    "sandbox:x": "wants the account's OAuth signature or the app's token: tests/sandbox plays it",
    "sandbox:x-token": "wants the app's own key and secret: tests/sandbox plays it",
    "sandbox:teams-token": "wants the client secret of the account: tests/sandbox plays it",
    "sandbox:teams-activities": "wants a token of the account's own app: tests/sandbox plays it",
    "sandbox:custom": "takes what is signed with the account's secret: tests/sandbox plays it",
    "sandbox:slack": "each method has its own words: tests/sandbox plays them",
}


def known(address: str, name: str, own: Inventory) -> tuple[bool, Any]:
    """Whether there is a value for that field of that address, and the value."""
    form = FORMS.get(address, {})
    value = form.get(name)
    found = own.values.get(value) if isinstance(value, str) else None
    return name in form, found[0] if found else value
