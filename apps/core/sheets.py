"""Static files for production: every entry sheet becomes one file.

In the sources static/css/site.css and its kin only list components, one @import each: good to read, but
a browser fetches them in rounds. `collectstatic` writes them out in one piece, then hashes and compresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;\n?')


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """Flatten css/*.css from their sources (never from an earlier result), then go on as usual."""
        flat = {name: flatten(name, paths) for name in paths if PurePosixPath(name).match("css/*.css")}
        for name, css in flat.items():
            self.delete(name)
            self._save(name, ContentFile(css.encode()))
        # The next step reads each file again by this map, so the flat ones must be found here.
        yield from super().post_process({**paths, **{name: (self, name) for name in flat}}, *args, **options)


def flatten(name: str, paths: dict[str, Any]) -> str:
    """The sheet with its imports written out. `paths` is collectstatic's: name -> (storage, path in it)."""
    storage, path = paths[name]
    with storage.open(path) as file:
        css = file.read().decode()
    folder = PurePosixPath(name).parent
    return _IMPORT.sub(lambda found: _written_out(found, folder, paths), css)


def _written_out(found: re.Match[str], folder: PurePosixPath, paths: dict[str, Any]) -> str:
    css = flatten(str(folder / found["path"]), paths)
    return f"@layer {found['layer']} {{\n{css}}}\n" if found["layer"] else css
