"""Installing a lock, in a copy of the tree's shape and with the real pip."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from apps.core.running.install import NO_INSTALL

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "apps/core/running/install.py"
OFFLINE = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with an environment that has pip and nothing else."""
    tree = tmp_path_factory.mktemp("tree")
    (tree / PROGRAM).parent.mkdir(parents=True)
    shutil.copy(ROOT / PROGRAM, tree / PROGRAM)
    (tree / "requirements.txt").write_text("# nothing\n")
    assert install(tree).returncode == 0
    return tree


def install(
    tree: Path, lock: str = "requirements.txt", *, python: str | Path = sys.executable
) -> subprocess.CompletedProcess[str]:
    command = [python, PROGRAM, lock]
    return subprocess.run(command, cwd=tree, env=OFFLINE, capture_output=True, text=True, check=False)


def test_the_first_run_makes_the_environment_and_a_stamp(tree: Path) -> None:
    stamp = (tree / ".venv" / ".requirements.sha256").read_text()
    assert stamp == sha256(b"# nothing\n").hexdigest()


def test_the_second_run_does_and_says_nothing(tree: Path) -> None:
    again = install(tree)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_changed_lock_is_installed_again(tree: Path) -> None:
    (tree / "other.txt").write_text("# one\n")
    assert "Libraries installed" in install(tree, "other.txt").stdout
    (tree / "other.txt").write_text("# two\n")
    assert "Libraries installed" in install(tree, "other.txt").stdout
    assert install(tree, "other.txt").stdout == ""


def test_an_environment_left_half_made_is_made_again(tmp_path: Path) -> None:
    (tmp_path / PROGRAM).parent.mkdir(parents=True)
    shutil.copy(ROOT / PROGRAM, tmp_path / PROGRAM)
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    again = install(tmp_path, python=tmp_path / ".venv" / "bin" / "python")
    assert (again.returncode, again.stderr) == (0, "")
    assert (tmp_path / ".venv" / "bin" / "pip").exists()


@pytest.mark.parametrize(
    ("label", "lock"),
    [
        ("not to be had", f"segno==1.6.6 --hash=sha256:{'0' * 64}\n"),
        ("without a hash", "segno==1.6.6\n"),
    ],
)
def test_a_lock_that_cannot_be_installed_says_what_to_do(tree: Path, label: str, lock: str) -> None:
    (tree / "broken.txt").write_text(lock)
    failed = install(tree, "broken.txt")
    assert failed.returncode == 1, label
    assert failed.stderr.endswith(NO_INSTALL + "\n")
    assert not (tree / ".venv" / ".broken.sha256").exists()
