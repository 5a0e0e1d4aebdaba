"""Entry sheets are written out in one piece, and say the same as the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command

from apps.core.sheets import flatten

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Any]:
    sheets = {
        "css/site.css": '/* site */\n@import url("tokens.css");\n@import url("b.css") layer(components);\n',
        "css/tokens.css": "@layer reset, components;\n:root { --ink: #000; }\n",
        "css/b.css": '@import url("parts/p.css");\n.b { color: red; }\n',
        "css/parts/p.css": ".p { color: blue; }\n",
    }
    for name, css in sheets.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(css)
    storage = FileSystemStorage(location=tmp_path)
    return {name: (storage, name) for name in sheets}


def test_imports_are_written_out_in_place_and_in_their_layer(paths: dict[str, Any]) -> None:
    assert flatten("css/site.css", paths) == (
        "/* site */\n@layer reset, components;\n:root { --ink: #000; }\n"
        "@layer components {\n.p { color: blue; }\n.b { color: red; }\n}\n"
    )


def test_collecting_twice_gives_one_current_file_per_surface(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_DIRS = [ROOT / "static"]
    settings.STORAGES = {"staticfiles": {"BACKEND": "apps.core.sheets.OneSheetStorage"}}
    first, second = _collected(tmp_path), _collected(tmp_path)
    assert second == first
    assert "@import" not in first
    assert first.index("@layer reset, tokens") < first.index("@layer components")
    assert ".composer" in first


def _collected(root: Path) -> str:
    """The console's sheet as a browser would get it: the one file with a hash in its name."""
    call_command("collectstatic", interactive=False, verbosity=0)
    [hashed] = root.glob("css/console.????????????.css")
    return hashed.read_text()
