"""`cocoindex ls` lists the apps of a module by environment, or those of a database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

NEVER_RUN = "\nNotes:\n  [+]: defined, but never run (nothing is stored).\n"

SEVERAL = """
import pathlib
import cocoindex as coco

@coco.fn
def main(): ...

second = coco.Environment(coco.Settings(db_path=pathlib.Path("second.db")), name="second")
first = coco.Environment(coco.Settings(db_path=pathlib.Path("first.db")), name="first")
apps = [coco.App(coco.AppConfig(name, environment=env), main) for env in (second, first) for name in ("B", "A")]
"""


def test_apps_of_a_module_are_marked_until_they_run(shell: Shell, app: Callable[[str], None]) -> None:
    done = shell.run("ls", "app.py")
    assert (done.code, done.err) == (0, "")
    assert done.out == "default (./app.db):\n  Names [+]\n" + NEVER_RUN
    shell.run("update", "-q", "app.py")
    assert shell.run("ls", "app.py").out == "default (./app.db):\n  Names\n"


def test_they_are_grouped_by_environment(shell: Shell) -> None:
    shell.write("apps.py", SEVERAL)
    shell.run("update", "-q", "apps.py:A@second")
    done = shell.run("ls", "apps.py")
    assert done.out == ("first (./first.db):\n  A [+]\n  B [+]\n\nsecond (./second.db):\n  A\n  B [+]\n" + NEVER_RUN)


def test_a_module_without_apps_is_no_failure(shell: Shell) -> None:
    shell.write("empty.py", "")
    done = shell.run("ls", "empty.py")
    assert (done.code, done.out) == (0, "No apps are defined in 'empty.py'.\n")


def test_apps_of_a_database_are_listed_without_their_code(shell: Shell, app: Callable[[str], None]) -> None:
    shell.run("update", "-q", "app.py")
    (shell.folder / "app.py").unlink()
    assert shell.run("ls", "--db", "app.db").out == "./app.db:\n  Names\n"
    assert shell.run("ls", COCOINDEX_DB="app.db").out == "./app.db:\n  Names\n"


def test_a_database_that_is_not_there_is_one_line_and_not_made(shell: Shell) -> None:
    done = shell.run("ls", "--db", "none.db")
    assert done.code == 1
    assert done.err.startswith("Error: ")
    assert "none.db" in done.err
    assert done.err.count("\n") == 1
    assert not (shell.folder / "none.db").exists()


def test_nothing_to_list_from_is_one_line(shell: Shell) -> None:
    done = shell.run("ls")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: give APP_TARGET")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["a\nb", "\x00", "\ud800"])
def test_a_name_that_is_not_printable_stays_in_its_line(shell: Shell, name: str) -> None:
    shell.write("odd.py", f"import cocoindex as coco\n\ndef main(): ...\n\napp = coco.App({name!a}, main)\n")
    assert f"  {name!r} [+]\n" in shell.run("ls", "odd.py", COCOINDEX_DB="app.db").out
    assert shell.run("update", "-q", "odd.py", COCOINDEX_DB="app.db").code == 0
    listed = shell.run("ls", "--db", "app.db")
    assert (listed.code, listed.out) == (0, f"./app.db:\n  {name!r}\n")
