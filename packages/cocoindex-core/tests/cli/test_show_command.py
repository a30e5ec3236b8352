"""`cocoindex show` prints what is stored of an app: its paths, what each tracks, and whose the target states are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


@pytest.fixture(autouse=True)
def updated(shell: Shell, app: Callable[[str], None]) -> None:
    """An app that was updated once, with two components below `files`."""
    assert shell.run("update", "-q", "app.py").code == 0


BLOCK_OF_ONE = """\
  /"files"/"one"
    type:component version:1 processor:keep
    has_memoization:false target_state_count:1
    Target states:
      - path:/@"test/files"/"one"
        states:1:Existing generation:0

"""


def test_all_paths_are_listed(shell: Shell) -> None:
    done = shell.run("show", "app.py")
    assert (done.code, done.err) == (0, "")
    assert done.out == 'Stable paths:\n  /\n  /"files"\n  /"files"/"one"\n  /"files"/"two"\n'


def test_as_a_tree(shell: Shell) -> None:
    done = shell.run("show", "app.py", "--tree")
    assert done.out == ('Stable paths:\n- / [component]\n- "files"\n  - "one" [component]\n  - "two" [component]\n')


def test_long_says_all_that_is_known(shell: Shell) -> None:
    done = shell.run("show", "app.py", "-l")
    assert '\n  /"files"\n    type:directory version:0 processor:-\n' in done.out
    assert BLOCK_OF_ONE in done.out


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (['/"files"'], ['/"files"']),
        (['/"files"', "-r"], ['/"files"', '/"files"/"one"', '/"files"/"two"']),
        (['/"files"/"one"', "-p"], ["/", '/"files"', '/"files"/"one"']),
        (["/", "-r"], ["/", '/"files"', '/"files"/"one"', '/"files"/"two"']),
    ],
)
def test_one_path_and_what_is_around_it(shell: Shell, options: list[str], paths: list[str]) -> None:
    done = shell.run("show", "app.py", *options)
    assert done.code == 0
    assert [line.strip() for line in done.out.splitlines() if line.startswith("  /")] == paths


def test_target_states_and_their_owners(shell: Shell) -> None:
    done = shell.run("show", "app.py", "--target-states")
    assert done.out == (
        "Target states:\n"
        '  /@"test/files"/"one"\n    owner:/"files"/"one"\n'
        '  /@"test/files"/"two"\n    owner:/"files"/"two"\n'
    )
    done = shell.run("show", "app.py", "--target-states", "--tree")
    assert done.out == (
        'Target states:\n- @"test/files"\n  - "one" owner:/"files"/"one"\n  - "two" owner:/"files"/"two"\n'
    )


def test_fingerprints_take_the_place_of_keys(shell: Shell) -> None:
    lines = shell.run("show", "app.py", "--target-states", "--fingerprints").out.splitlines()
    root, one = lines[1].strip().removeprefix("/").split("/")
    assert [len(part) for part in (root, one)] == [33, 33]
    assert root in lines[3]
    assert one not in lines[3]


def test_a_database_is_shown_without_the_apps_code(shell: Shell) -> None:
    (shell.folder / "app.py").unlink()
    stored = ("--db", "app.db", "--app-name", "Names")
    assert '  /"files"/"one"\n' in shell.run("show", *stored).out
    assert BLOCK_OF_ONE in shell.run("show", *stored, '/"files"/"one"').out


def test_an_app_that_never_ran_has_nothing(shell: Shell) -> None:
    shell.run("drop", "-f", "-q", "app.py")
    done = shell.run("show", "app.py")
    assert (done.code, done.out) == (0, "App 'Names' has no persisted state.\n")


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["app.py", '/"files"/"none"'], 'Error: nothing is stored at /"files"/"none"; '),
        (["--db", "app.db", "--app-name", "Other"], "Error: there is no app 'Other' in the database "),
        (["--db", "none.db", "--app-name", "Names"], "Error: "),
    ],
)
def test_what_is_not_there_is_one_line(shell: Shell, args: list[str], complaint: str) -> None:
    done = shell.run("show", *args)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(complaint)
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--db", "app.db"],
        ["app.py", "-r"],
        ["app.py", "files"],
        ["app.py", '/"files'],
        ["app.py", "/", "--target-states"],
        ["app.py", "-l", "--target-states"],
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(shell: Shell, args: list[str]) -> None:
    done = shell.run("show", *args)
    assert done.code == 2
    assert "Usage: cocoindex show" in done.err
