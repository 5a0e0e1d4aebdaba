"""What a customer put into the basket of the business's catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.platforms.whatsapp.people import text

Fields = dict[str, Any]
Raw = Mapping[str, Any]


def read(content: Raw) -> Fields:
    items = [item for item in content.get("product_items") or () if isinstance(item, dict)]
    lines = tuple((text(item.get("product_retailer_id")) or "?", _line(item)) for item in items)
    words = ", ".join(f"{_quantity(item)} × {line[0]}" for item, line in zip(items, lines, strict=True))
    catalogue = text(content.get("catalog_id"))
    details = (*lines, *((("Catalogue", catalogue),) if catalogue else ()))
    return {"text": text(content.get("text")) or words or "🛒", "details": details}


def _line(item: Raw) -> str:
    parts = (f"{_quantity(item)} ×", text(item.get("item_price")), text(item.get("currency")))
    return " ".join(filter(None, parts))


def _quantity(item: Raw) -> str:
    return text(item.get("quantity")) or "1"
