"""Words of Django and allauth that we say otherwise in French; our catalogue is asked before theirs."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

SAID_OTHERWISE = (
    _("Email"),
    _("Email address"),
    _("email address"),
    _("Enter a valid email address."),
)
