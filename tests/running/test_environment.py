"""Where a process's settings come from."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from apps.core.running.environment import compose, known, publish, read_pairs


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("plain", "A=1\nB=two words\n", {"A": "1", "B": "two words"}),
        ("spaces", "  A = 1 \n", {"A": "1"}),
        ("quotes", "A=\"one\"\nB='two'\n", {"A": "one", "B": "two"}),
        ("one quote is a value", 'A="\n', {"A": '"'}),
        ("equals signs in the value", "KEY=abc==\n", {"KEY": "abc=="}),
        ("hash signs in the value", "URL=redis://x/#1\n", {"URL": "redis://x/#1"}),
        ("comments and empty lines", "# A=1\n\n#B=2\nC=3\n", {"C": "3"}),
        ("as a shell file", "export A=1\n", {"A": "1"}),
        ("no value", "A=\n", {"A": ""}),
        ("no equals sign", "nonsense\n", {}),
    ],
)
def test_env_files(tmp_path: Path, label: str, text: str, expected: dict[str, str]) -> None:
    (tmp_path / ".env").write_text(text)
    assert read_pairs(tmp_path / ".env") == expected, label


def test_a_missing_env_file_is_an_empty_one(tmp_path: Path) -> None:
    assert read_pairs(tmp_path / ".env") == {}


def test_the_environment_wins_over_the_file_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nSANDBOX=false\n")
    made = compose(tmp_path, {"PORT": "9002"})
    assert (made["PORT"], made["SANDBOX"]) == ("9002", "false")
    assert made["BASE_URL"] == "http://localhost:9002"
    assert made["RUN_DIR"] == str(tmp_path / ".run")


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = compose(tmp_path, {}), compose(tmp_path, {})
    assert len(first["SECRET_KEY"]) >= 50
    assert len(base64.urlsafe_b64decode(first["CREDENTIAL_KEYS"])) == 32
    for name in ("SECRET_KEY", "CREDENTIAL_KEYS"):
        assert second[name] == first[name]
    assert oct((tmp_path / ".run" / "secrets").stat().st_mode)[-3:] == "600"


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    one, other = (compose(tmp_path / name, {"RUN_DIR": str(tmp_path / name)}) for name in ("one", "other"))
    assert one["SECRET_KEY"] != other["SECRET_KEY"]
    assert one["CREDENTIAL_KEYS"] != other["CREDENTIAL_KEYS"]


def test_given_secrets_are_used_and_an_empty_one_is_not_given(tmp_path: Path) -> None:
    made = compose(tmp_path, {"SECRET_KEY": "given", "CREDENTIAL_KEYS": ""})
    assert made["SECRET_KEY"] == "given"
    assert len(base64.urlsafe_b64decode(made["CREDENTIAL_KEYS"])) == 32


def test_no_file_of_secrets_when_all_are_given(tmp_path: Path) -> None:
    compose(tmp_path, {"SECRET_KEY": "a", "CREDENTIAL_KEYS": "b"})
    assert not (tmp_path / ".run" / "secrets").exists()


def test_other_programs_learn_where_we_are_and_nothing_else(tmp_path: Path) -> None:
    made = compose(tmp_path, {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://y"})
    publish(made)
    path = tmp_path / ".run" / "env"
    assert path.read_text() == (
        "BASE_URL=http://localhost:8000\nDATABASE_URL=postgresql://x\nREDIS_URL=redis://y\nSANDBOX=true\n"
    )
    assert oct(path.stat().st_mode)[-3:] == "600"


def test_a_command_finds_the_last_start_by_itself(tmp_path: Path) -> None:
    made = compose(tmp_path, {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://y"})
    publish(made)
    (tmp_path / ".env").write_text("BASE_URL=https://chat.example\n")
    found = known(tmp_path, {"REDIS_URL": "redis://given"})
    assert found == {
        "BASE_URL": "https://chat.example",
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://given",
        "SANDBOX": "true",
        "SECRET_KEY": made["SECRET_KEY"],
        "CREDENTIAL_KEYS": made["CREDENTIAL_KEYS"],
    }


def test_a_command_makes_nothing_where_nothing_ran(tmp_path: Path) -> None:
    assert known(tmp_path, {"PATH": "/bin"}) == {"PATH": "/bin"}
    assert list(tmp_path.iterdir()) == []
