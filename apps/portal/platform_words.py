"""What platforms say in forms, for translators: adapters are free of Django and cannot mark it themselves.

`tests/portal/test_channels.py` compares this with what the adapters really say.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

WORDS = (
    _("Business ID"),
    _("The ID of your Messages for Business account in Apple Business Register."),
    _("MSP ID"),
    _("Leave empty to use this service's own MSP account."),
    _("API secret"),
    _("The Base64 text that Apple shows beside the MSP ID. Leave empty as above."),
    _("Gateway address"),
    _("Only for a gateway of your own; otherwise https://mspgw.push.apple.com/v1 is used."),
    _("Bot token"),
    _("What @BotFather gave you, such as 123456789:AAE…"),
    _("Bot API server"),
    _("Only for a Bot API server of your own; https://api.telegram.org when left empty."),
)
