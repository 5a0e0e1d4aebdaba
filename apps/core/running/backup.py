"""`bin/backup [FILE]`: database, attachments and secrets in one file, while everything runs."""

from __future__ import annotations

import json
import os
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from apps.core.embedded.account import EmbeddedError
from apps.core.running import archive
from apps.core.running.environment import compose, read_pairs, write_pairs
from apps.core.running.output import bold, say
from apps.core.running.processes import Failed

ROOT = Path(__file__).resolve().parents[3]
MEGABYTE = 1024 * 1024


def main(arguments: list[str]) -> int:
    """0 when the file is complete; a broken one never has its name."""
    environment = compose(ROOT, os.environ)
    name = f"comptoir-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
    target = Path(arguments[0] if arguments else name).absolute()
    try:
        backup(environment, target)
    except (Failed, EmbeddedError, OSError) as error:
        say(f"{bold('There is no backup.')} {error}")
        return 1
    return 0


def backup(environment: dict[str, str], target: Path) -> None:
    """Write `target`, readable by its owner only.

    The database is one snapshot, taken first: a file that a row names is on the disk before the row is, so
    the attachments copied after it hold at least what it refers to. Raises Failed.
    """
    if target.exists():
        raise Failed(f"{target} is there already.")
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".comptoir-backup-") as folder:
        _dump(environment, Path(folder) / archive.DUMP)
        _describe(environment, Path(folder))
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
            for name in (archive.ABOUT, archive.SECRETS, archive.DUMP):
                tar.add(Path(folder) / name, arcname=name)
            _add_media(tar, archive.media_root(environment))
    part.rename(target)
    say(
        f"  {target}: {target.stat().st_size / MEGABYTE:.1f} MB. It holds the keys: keep it as you keep them."
    )


def _dump(environment: dict[str, str], file: Path) -> None:
    with archive.running_database(environment) as (admin, _):
        say(f"  database {archive.without_password(admin)}")
        archive.run("pg_dump", ["--format=custom", f"--file={file}", f"--dbname={admin}"])
    say(f"    {file.stat().st_size / MEGABYTE:.1f} MB")


def _describe(environment: dict[str, str], folder: Path) -> None:
    about = {"taken_at": datetime.now(UTC).isoformat(), "base_url": environment["BASE_URL"]}
    (folder / archive.ABOUT).write_text(json.dumps(about))
    kept = read_pairs(Path(environment["RUN_DIR"]) / "secrets")
    names = ("SECRET_KEY", "CREDENTIAL_KEYS")
    write_pairs(folder / archive.SECRETS, {name: environment.get(name) or kept[name] for name in names})


def _add_media(tar: tarfile.TarFile, root: Path) -> None:
    """A file that goes while we look was taken back by who sent it."""
    count = size = 0
    for path in sorted(root.rglob("*")):
        if path.is_file():
            try:
                tar.add(path, arcname=f"{archive.MEDIA}/{path.relative_to(root)}", recursive=False)
            except FileNotFoundError:
                continue
            count, size = count + 1, size + path.stat().st_size
            if count % 1000 == 0:
                say(f"    {count} attachments, {size / MEGABYTE:.0f} MB")
    say(f"  {count} attachments, {size / MEGABYTE:.1f} MB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
