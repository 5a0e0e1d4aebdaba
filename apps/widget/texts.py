"""The panel's words that its scripts say, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts(business: str) -> dict[str, str]:
    """By name; `%s` stands for what the script puts in."""
    name = {"name": business}
    return {
        "you": _("You"),
        "sent": _("Sent"),
        "sending": _("Sending"),
        "read": _("Read"),
        "offline": _("You are offline."),
        "not_sent": _("Not sent."),
        "try_again": _("Try again"),
        "remove": _("Remove"),
        "reason_too_large": _("It is too large."),
        "reason_too_often": _("Too many messages at once; wait a moment."),
        "reason_empty": _("The file is empty."),
        "reason_too_many_files": _("Too many files wait. Send or remove some first."),
        "reason_other": _("Something went wrong on our side."),
        "typing": _("%(name)s is typing") % name,
        "someone_answers": _("%s is answering you"),
        "closed": _("This conversation is closed. Write to open it again."),
        "reconnecting": _("Reconnecting. What you write goes out as soon as the network is back."),
        "withdrawn": _("Message taken back"),
        "unsupported": _("This message cannot be shown here."),
        "edited": _("edited"),
        "download": _("Download"),
        "file_gone": _("This file is no longer available."),
        "confirm": _("Confirm"),
        "chosen": _("Chosen: %s"),
        "picture": _("Picture: %s"),
        "voice": _("Voice message"),
        "recording": _("Recording %s"),
        "no_microphone": _("The microphone cannot be used."),
        "attached": _("%s attached"),
        "automatic": _("Automatic"),
        "new_messages": _("New messages"),
    }
