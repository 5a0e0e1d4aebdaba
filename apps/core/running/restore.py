"""`bin/restore FILE [--over]`: what `bin/backup` wrote, put back, and nothing of it sent a second time."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import psycopg

from apps.core.embedded.account import EmbeddedError
from apps.core.running import archive
from apps.core.running.environment import SECRETS, compose, read_pairs, write_pairs
from apps.core.running.output import bold, say
from apps.core.running.prepare import OWNER_ROLE
from apps.core.running.processes import Failed

ROOT = Path(__file__).resolve().parents[3]
EMPTY = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public AUTHORIZATION pg_database_owner")


def main(arguments: list[str]) -> int:
    """0 when everything is back and held; otherwise the words say what to do."""
    parser = argparse.ArgumentParser(prog="bin/restore")
    parser.add_argument("file", type=Path, help="what bin/backup wrote")
    parser.add_argument("--over", action="store_true", help="replace what is there: it is lost")
    given = parser.parse_args(arguments)
    environment = compose(ROOT, os.environ)
    try:
        with archive.stopped(Path(environment["RUN_DIR"])):
            restore(environment, given.file.absolute(), over=given.over)
    except (Failed, EmbeddedError, OSError, tarfile.TarError, psycopg.Error) as error:
        say(f"{bold('Not restored.')} {error}")
        return 1
    return 0


def restore(environment: dict[str, str], file: Path, *, over: bool) -> None:
    """Replace database, attachments and secrets by the file's. Raises Failed before anything is changed when
    the target is not empty and `over` is false."""
    run_dir = Path(environment["RUN_DIR"])
    with (
        tempfile.TemporaryDirectory(dir=run_dir, prefix="restore-") as folder,
        archive.running_database(environment) as (admin, login),
    ):
        media = archive.media_root(environment)
        if not over and (archive.has_tables(admin) or (media.exists() and any(media.iterdir()))):
            raise Failed(
                f"{archive.without_password(admin)} or {media} is not empty. "
                "With --over it is replaced, and what is there now is lost."
            )
        say(f"  reading {file}")
        with tarfile.open(file) as tar:
            tar.extractall(folder, filter="data")
        environment |= _restore_secrets(environment, Path(folder))
        _restore_database(environment, Path(folder) / archive.DUMP, admin, login)
        _restore_media(Path(folder) / archive.MEDIA, media)
    say("  Restored. Nothing that was on its way is sent by itself: see Businesses in /admin/.")


def _restore_secrets(environment: dict[str, str], folder: Path) -> dict[str, str]:
    """The keys that the file's credentials were sealed with; what the environment sets must agree."""
    kept = read_pairs(folder / archive.SECRETS)
    ours = {**read_pairs(ROOT / ".env"), **os.environ}
    for name in SECRETS:
        if ours.get(name, kept[name]) != kept[name]:
            raise Failed(f"{name} is set, and is not the one of the backup: {archive.SECRETS} in the file.")
    write_pairs(Path(environment["RUN_DIR"]) / "secrets", kept)
    return kept


def _restore_database(environment: dict[str, str], dump: Path, admin: str, login: str) -> None:
    say(f"  database {archive.without_password(admin)}")
    with psycopg.connect(admin, autocommit=True) as database:
        for statement in EMPTY:
            database.execute(statement)
    _manage(archive.with_role(environment, login, ""), "database_roles")
    archive.run("pg_restore", ["--exit-on-error", f"--dbname={admin}", str(dump)])
    _manage(archive.with_role(environment, login, OWNER_ROLE), "migrate")
    say("  holding what was on its way")
    _manage(archive.with_role(environment, login, "comptoir_app"), "quarantine")


def _restore_media(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    count = sum(path.is_file() for path in target.rglob("*")) if target.exists() else 0
    say(f"  {count} attachments")


def _manage(environment: dict[str, str], command: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Failed(f"manage.py {command}: {(done.stderr or done.stdout).strip()[-2000:]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
