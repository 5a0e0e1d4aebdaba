"""What platforms are called and what adapters say, in the reader's language.

Adapters are plain Python and speak English. What a platform itself answered stays as it is: a quotation.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from apps.platforms import registry

# Spoken by adapters where a business reads it: while it connects a channel and under a message.
OURS = (
    _("Web chat"),
    _("Ready: web chat is part of this server"),
    _("Apple accepts the token and the business ID."),
    _("the business ID is missing or not one"),
    _("the MSP ID is missing"),
    _("the secret is missing"),
    _("the secret is not Base64 text"),
    _("this is not the token of a bot"),
    _("there is no Bot API server at this address"),
    _("the Bot API server does not name the bot"),
    _("Telegram delivers to another address: connect again"),
    _("Telegram no longer has this file"),
    _("too many requests"),
    _("the card is too large for a keyboard"),
    _("the file is no longer on our disk"),
    _("the file is larger than this server takes"),
    _("files of visitors are uploaded through the widget"),
    _("the signing secret is missing"),
    _("the token may not read files (files:read)"),
    _("Your own system"),
    _("the address of your system is missing"),
    _("this is not a secret as Standard Webhooks wants it"),
    _("Your system answers"),
)

# What platforms say of an approved message's state and of what they bill, in small letters as pages show it.
THEIRS = (
    _("approved"),
    _("pending"),
    _("rejected"),
    _("paused"),
    _("disabled"),
    _("deleted"),
    _("marketing"),
    _("utility"),
    _("authentication"),
    _("service"),
)


def platform_name(slug: str) -> str:
    """A brand's name as it is; "Web chat" translated."""
    return gettext(registry.get(slug).name)


def translated(words: str) -> str:
    """`words` of an adapter or a platform; what is not ours comes back unchanged."""
    return gettext(words) if words else ""
