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
    _("Phone number ID"),
    _("The ID below the number in WhatsApp Manager, not the number itself."),
    _("WhatsApp Business Account ID"),
    _("Access token"),
    _("Of a system user, with whatsapp_business_messaging and whatsapp_business_management."),
    _("App secret"),
    _("App settings, Basic: with it Meta proves who it is."),
    _("Verify token"),
    _("Letters and digits that you make up here and type once more at Meta."),
    _("Page access token"),
    _("Made for your Page in the Meta app, such as EAAG…"),
    _("Picture beside an agent’s name"),
    _("Its address. With it each agent answers under their own name, without it the Page does."),
    _("Made for your Instagram professional account or for its Page, such as IGAA… or EAAG…"),
    _("Graph API server"),
    _("Only to pin a version or to use another server; https://graph.facebook.com when left empty."),
    _("OAuth & Permissions: what begins with xoxb-."),
    _("Signing secret"),
    _("Basic Information, App Credentials. Leave empty to use this service's own Slack app."),
    _("Web API server"),
    _("Only for a server of your own; https://slack.com/api when left empty."),
)
