"""`cocoindex update --preview` prints the actions that an update would take, and takes none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

HEADER = "Running app 'Names' from environment 'default' (db path: app.db)\n"


def test_actions_are_printed_and_not_taken(shell: Shell, app: Callable[[str], None]) -> None:
    done = shell.run("update", "app.py", "--preview")
    assert (done.code, done.err) == (0, "")
    first, title, *actions = done.out.splitlines()
    assert (first + "\n", title) == (HEADER, "Preview: planned target actions")
    assert sorted(actions) == ["  ('one', 'ONE')", "  ('two', 'TWO')"]
    assert shell.made() == []
    assert not (shell.folder / "app.db").exists()


def test_removals_are_printed_too(shell: Shell, app: Callable[[str], None]) -> None:
    shell.run("update", "-q", "app.py")
    app("one")
    done = shell.run("update", "-q", "app.py", "--preview")
    assert done.out == "Preview: planned target actions\n  ('two', None)\n"
    assert shell.made() == ["one", "two"]


def test_nothing_to_do_is_said(shell: Shell, app: Callable[[str], None]) -> None:
    shell.run("update", "-q", "app.py")
    done = shell.run("update", "app.py", "--preview")
    assert (done.code, done.out) == (0, HEADER + "Preview: planned target actions\n  No target actions planned.\n")
    again = shell.run("update", "-q", "app.py", "--preview", "--full-reprocess")
    assert again.out.count("\n") == 3


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 3)])
def test_failures_are_reported(shell: Shell, app: Callable[[str], None], options: list[str], code: int) -> None:
    app("one bad")
    done = shell.run("update", "-q", "app.py", "--preview", *options)
    assert done.code == code
    assert done.out == "Preview: planned target actions\n  ('one', 'ONE')\n"
    assert done.err.endswith("Error: 1 component of app 'Names' failed; the next update tries again\n")


@pytest.mark.parametrize("option", ["--reset", "--live"])
def test_with_what_changes_something_it_is_wrong_usage(shell: Shell, app: Callable[[str], None], option: str) -> None:
    done = shell.run("update", "app.py", "--preview", option)
    assert (done.code, done.out) == (2, "")
    assert "--preview changes nothing" in done.err
