"""`cocoindex update` brings the targets in step, says what it did, and ends with a code that a script can use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_it_updates_and_prints_the_numbers(shell: Shell, app: Callable[[str], None]) -> None:
    done = shell.run("update", "app.py")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Running app 'Names' from environment 'default' (db path: app.db)\n")
    assert "keep: 2" in done.out
    assert shell.made() == ["one", "two"]
    app("two three")
    assert shell.run("update", "app.py").code == 0
    assert shell.made() == ["three", "two"]


def test_quiet_prints_nothing(shell: Shell, app: Callable[[str], None]) -> None:
    done = shell.run("update", "-q", "app.py")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert shell.made() == ["one", "two"]


def test_full_reprocess_applies_everything_again(shell: Shell, app: Callable[[str], None]) -> None:
    shell.run("update", "app.py")
    (shell.folder / "out" / "one.txt").unlink()
    assert shell.run("update", "app.py").code == 0
    assert shell.made() == ["two"]
    assert shell.run("update", "app.py", "--full-reprocess").code == 0
    assert shell.made() == ["one", "two"]


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--strict"], 3)])
def test_a_failed_component_is_reported_and_the_rest_is_done(
    shell: Shell, app: Callable[[str], None], options: list[str], code: int
) -> None:
    app("one bad two")
    done = shell.run("update", "app.py", *options)
    assert done.code == code
    assert "a bad" in done.err
    assert done.err.endswith("Error: 1 component of app 'Names' failed; the next update tries again\n")
    assert shell.made() == ["one", "two"]


def test_a_failed_main_function_is_exit_code_1_and_says_where(shell: Shell, app: Callable[[str], None]) -> None:
    app("one fatal")
    done = shell.run("update", "app.py")
    assert done.code == 1
    line = done.err.splitlines()[-1]
    assert line.startswith("Error: RuntimeError: cannot go on (app.py:")
    assert line.endswith(", in main; in component / (main))")
    frames = [line for line in done.err.splitlines() if line.startswith("  File ")]
    assert [frame.rpartition(", in ")[2] for frame in frames] == ["main"]


def test_no_db_path_is_one_line(shell: Shell) -> None:
    shell.write("app.py", "import cocoindex as coco\n@coco.fn\ndef main(): ...\napp = coco.App('A', main)\n")
    done = shell.run("update", "app.py")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "COCOINDEX_DB" in done.err


@pytest.mark.parametrize("option", ["-L", "--live"])
def test_a_live_update_of_an_app_in_which_nothing_is_live_ends_and_says_so(
    shell: Shell, app: Callable[[str], None], option: str
) -> None:
    done = shell.run("update", "-q", "app.py", option)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("the live update of app 'Names' ended, as nothing in it is live: ")
    assert done.err.count("\n") == 1
    assert shell.made() == ["one", "two"]
