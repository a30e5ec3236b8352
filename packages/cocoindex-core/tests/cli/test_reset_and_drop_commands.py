"""`update --reset` and `drop` remove what the app made, after a `yes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture(autouse=True)
def updated(shell: Shell, app: Callable[[str], None]) -> None:
    """An app that was updated once."""
    assert shell.run("update", "-q", "app.py").code == 0


def test_drop_asks_and_removes_all(shell: Shell) -> None:
    done = shell.run("drop", "app.py", answer="Yes\n")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Preparing to drop app 'Names' from environment 'default' (db path: app.db)\n"
        "It has 2 target states, which are removed:\n"
        "  /@test/files: 2 target states\n"
        "Type 'yes' to drop app 'Names' and all its target states: "
        "Dropped app 'Names' from environment 'default' and reverted its target states.\n"
    )
    assert shell.made() == []


@pytest.mark.parametrize("answer", ["no\n", "y\n", "\n", " yes\n"])
def test_drop_does_nothing_without_a_yes(shell: Shell, answer: str) -> None:
    done = shell.run("drop", "app.py", answer=answer)
    assert done.code == 0
    assert done.out.endswith("Drop operation aborted.\n")
    assert shell.made() == ["one", "two"]


def test_nobody_to_answer_is_exit_code_1(shell: Shell) -> None:
    done = shell.run("drop", "app.py")
    assert done.code == 1
    assert done.err == "Error: no answer, because standard input has ended; use --force to skip the question\n"
    assert shell.made() == ["one", "two"]


def test_force_does_not_ask_and_quiet_prints_nothing(shell: Shell) -> None:
    done = shell.run("drop", "-f", "-q", "app.py")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert shell.made() == []


def test_a_second_drop_has_nothing_to_do(shell: Shell) -> None:
    shell.run("drop", "-f", "app.py")
    done = shell.run("drop", "-f", "app.py")
    assert done.code == 0
    assert done.out.endswith("App 'Names' has no persisted state. Nothing to drop.\n")


def test_reset_drops_first(shell: Shell, app: Callable[[str], None]) -> None:
    (shell.folder / "out" / "one.txt").unlink()
    done = shell.run("update", "--reset", "app.py", answer="yes\n")
    assert done.code == 0
    assert "Type 'yes' to reset app 'Names' (drop existing state)" in done.out
    assert shell.made() == ["one", "two"]


def test_reset_does_nothing_without_a_yes(shell: Shell) -> None:
    (shell.folder / "out" / "one.txt").unlink()
    done = shell.run("update", "--reset", "app.py", answer="no\n")
    assert done.code == 0
    assert done.out.endswith("Update operation aborted.\n")
    assert shell.made() == ["two"]


def test_reset_with_force_does_not_ask(shell: Shell) -> None:
    (shell.folder / "out" / "one.txt").unlink()
    assert shell.run("update", "--reset", "-f", "-q", "app.py").code == 0
    assert shell.made() == ["one", "two"]
