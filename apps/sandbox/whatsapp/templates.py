"""The templates of a business account."""

from __future__ import annotations

import re
from typing import Any

from apps.sandbox.models import SandboxAccount
from apps.sandbox.whatsapp.checks import thing
from apps.sandbox.whatsapp.errors import CloudError

PLACE = re.compile(r"{{\s*(\w+)\s*}}")
HANDLE = "https://scontent.example/sample"
Json = dict[str, Any]


def _made(
    number: int,
    name: str,
    language: str,
    body: str,
    *more: Json,
    state: str = "APPROVED",
    category: str = "UTILITY",
) -> Json:
    named = "{{name}}" in body
    return {
        "id": str(10**15 + number),
        "name": name,
        "language": language,
        "category": category,
        "status": state,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": [_body(body), *more],
    }


def _body(text: str) -> Json:
    names = PLACE.findall(text)
    if not names:
        return {"type": "BODY", "text": text}
    examples: Json = {"body_text": [[f"sample {name}" for name in names]]}
    if not names[0].isdigit():
        examples = {"body_text_named_params": [{"param_name": name, "example": "Ana"} for name in names]}
    return {"type": "BODY", "text": text, "example": examples}


def _header(format: str) -> Json:
    example = {} if format == "LOCATION" else {"example": {"header_handle": [HANDLE]}}
    return {"type": "HEADER", "format": format, **example}


def _buttons(*buttons: Json) -> Json:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _link(text: str, url: str) -> Json:
    example = {"example": [url.replace("{{1}}", "4711")]} if "{{" in url else {}
    return {"type": "URL", "text": text, "url": url, **example}


def _card(body: str, *buttons: Json) -> Json:
    return {"components": [_header("IMAGE"), _body(body), _buttons(*buttons)]}


USUAL = (
    _made(
        1,
        "order_update",
        "en_US",
        "Hello {{1}}, your order {{2}} is on its way.",
        _buttons({"type": "QUICK_REPLY", "text": "Stop"}),
    ),
    _made(2, "rappel", "fr", "Bonjour {{name}}, votre technicien passe demain."),
    _made(3, "bonjour", "fr", "Bonjour, pouvons-nous reprendre notre échange\u202f?"),
    _made(4, "solde", "fr", "Nos offres de la semaine", state="PAUSED"),
    _made(5, "rendez_vous", "fr", "Bonjour {{1}}, nous vous attendons ici le {{2}}.", _header("LOCATION")),
    _made(
        6,
        "facture",
        "fr",
        "Voici votre facture de {{1}}.",
        _header("DOCUMENT"),
        _buttons(_link("Payer", "https://shop.example/pay/{{1}}")),
    ),
    _made(
        7,
        "remise",
        "fr",
        "Une remise de {{1}} vous attend jusqu’à dimanche.",
        _header("IMAGE"),
        _buttons({"type": "COPY_CODE", "text": "Copier le code", "example": "FIBRE10"}),
        category="MARKETING",
    ),
    _made(
        8,
        "vitrine",
        "fr",
        "Nos box du mois, {{1}}\u00a0:",
        {
            "type": "CAROUSEL",
            "cards": [
                _card("Mini, à {{1}} par mois", _link("Voir", "https://shop.example/box/{{1}}")),
                _card("Maxi, à {{1}} par mois", _link("Voir", "https://shop.example/box/{{1}}")),
            ],
        },
        category="MARKETING",
    ),
    _made(
        9,
        "connexion",
        "fr",
        "*{{1}}* est votre code de vérification.",
        _buttons(_link("Copier le code", "https://www.whatsapp.com/otp/code/?code=otp{{1}}")),
        category="AUTHENTICATION",
    ),
)


def chosen(account: SandboxAccount, given: Json) -> Json:
    """The template that a message names. Raises CloudError for one that may not be sent."""
    name, code = str(given.get("name", "")), str(thing(given, "language").get("code", ""))
    rows = [row for row in account.data["templates"] if (row["name"], row["language"]) == (name, code)]
    if not rows:
        details = f"template name ({name[:40]}) does not exist in {code[:12]}"
        raise CloudError(132001, "Template name does not exist in the translation", details, status=404)
    if rows[0]["status"] == "PAUSED":
        raise CloudError(132015, "Template is Paused")
    if rows[0]["status"] != "APPROVED":
        raise CloudError(132016, "Template is Disabled")
    return dict(rows[0])
