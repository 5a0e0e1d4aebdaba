"""The templates of a business account, and one of them as the customer reads it."""

from __future__ import annotations

import re
from typing import Any

from apps.sandbox.models import SandboxAccount
from apps.sandbox.whatsapp.checks import thing
from apps.sandbox.whatsapp.errors import CloudError

_PLACE = re.compile(r"{{\s*(\w+)\s*}}")
Json = dict[str, Any]


def _made(number: int, name: str, language: str, body: str, *more: Json, state: str = "APPROVED") -> Json:
    named = "{{name}}" in body
    names = _PLACE.findall(body)
    examples: Json = {"body_text": [[f"sample {name}" for name in names]]}
    if named:
        examples = {"body_text_named_params": [{"param_name": name, "example": "Ana"} for name in names]}
    body_part: Json = {"type": "BODY", "text": body, **({"example": examples} if names else {})}
    return {
        "id": str(10**15 + number),
        "name": name,
        "language": language,
        "category": "UTILITY",
        "status": state,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": [body_part, *more],
    }


USUAL = (
    _made(
        1,
        "order_update",
        "en_US",
        "Hello {{1}}, your order {{2}} is on its way.",
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Stop"}]},
    ),
    _made(2, "rappel", "fr", "Bonjour {{name}}, votre technicien passe demain."),
    _made(3, "bonjour", "fr", "Bonjour, pouvons-nous reprendre notre échange\u202f?"),
    _made(4, "solde", "fr", "Nos offres de la semaine", state="PAUSED"),
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


def filled(template: Json, given: Json) -> str:
    """The body with its parameters. Raises CloudError when their number or names differ."""
    body = str(template["components"][0]["text"])
    names = list(dict.fromkeys(_PLACE.findall(body)))
    named = template["parameter_format"] == "NAMED"
    parameters = _parameters(given, "body")
    if named and {str(each.get("parameter_name", "")) for each in parameters} - set(names):
        raise CloudError(100, "Invalid parameter", "Parameter name is missing or empty")
    if len(parameters) != len(names):
        details = f"body: number of localizable_params ({len(parameters)}) does not match the expected number"
        raise CloudError(132000, "Number of parameters does not match the expected number of params", details)
    values = {
        str(each.get("parameter_name") if named else name): str(each.get("text", ""))
        for name, each in zip(names, parameters, strict=True)
    }
    return _PLACE.sub(lambda place: values[place[1]], body)


def buttons(template: Json) -> list[Json]:
    """The quick replies, as options of a bubble."""
    rows = [row for part in template["components"] for row in part.get("buttons", [])]
    texts = [row["text"] for row in rows if row["type"] == "QUICK_REPLY"]
    return [{"id": text, "title": text} for text in texts]


def _parameters(given: Json, kind: str) -> list[Json]:
    components = given.get("components") or []
    parts = [part for part in components if isinstance(part, dict) and str(part.get("type")).lower() == kind]
    return [each for part in parts for each in part.get("parameters") or [] if isinstance(each, dict)]
