from __future__ import annotations


def inbox_of(slug: str) -> str:
    """The console is another door, known here by its address only."""
    return f"/{slug}/inbox/"
