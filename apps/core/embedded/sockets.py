"""A folder for a Unix socket whose name fits: the kernel takes 107 bytes, deep checkouts have more."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from pathlib import Path

from apps.core.embedded.account import EmbeddedError, private_folder

LONGEST = 107
NAME = ".s.PGSQL.5432"


def socket_folder(run_dir: Path, account: pwd.struct_passwd | None) -> Path:
    """`run_dir`/sockets when the name fits, else a private folder under the temporary one.

    Only the servers' account and root can enter it, which is what protects the database: inside, every
    connection is trusted.
    """
    folder = run_dir / "sockets"
    if len(os.fsencode(folder / NAME)) <= LONGEST:
        return private_folder(folder, account)
    digest = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"comptoir-{os.geteuid()}-{digest}"
    _claim(folder, account)
    return private_folder(folder, account)


def _claim(folder: Path, account: pwd.struct_passwd | None) -> None:
    """The temporary folder is everyone's: refuse a folder or link that somebody else put there."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        owners = {os.geteuid(), account.pw_uid if account else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedError(f"{folder} belongs to someone else. Remove it, or set TMPDIR.") from None
