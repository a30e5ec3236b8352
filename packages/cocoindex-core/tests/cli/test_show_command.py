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
      - path:/@test/files/"one"
        states:1:Existing schema_version:0 generation:None

"""


def test_all_paths_are_listed(shell: Shell) -> None:
    done = shell.run("show", "app.py")
    assert (done.code, done.err) == (0, "")
    assert done.out == 'Stable paths:\n  /\n  /"files"\n  /"files"/"one"\n  /"files"/"two"\n'


def test_as_a_tree(shell: Shell) -> None:
    done = shell.run("show", "app.py", "--tree")
    assert done.out == (
        'Stable paths:\n- / [component]\n- /"files"\n  - /"files"/"one" [component]\n  - /"files"/"two" [component]\n'
    )


def test_paths_of_a_tree_can_be_given_back(shell: Shell) -> None:
    for line in shell.run("show", "app.py", "--tree").out.splitlines()[1:]:
        path = line.strip().removeprefix("- ").removesuffix(" [component]")
        done = shell.run("show", "app.py", path)
        assert (done.code, done.err) == (0, "")
        assert done.out.splitlines()[1] == f"  {path}"


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
        ([""], ["/"]),
        (["files"], ['/"files"']),
        (["files/one", "-p"], ["/", '/"files"', '/"files"/"one"']),
        (["/files/", "-r"], ['/"files"', '/"files"/"one"', '/"files"/"two"']),
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
        '  /@test/files/"one"\n    owner:/"files"/"one"\n'
        '  /@test/files/"two"\n    owner:/"files"/"two"\n'
    )
    done = shell.run("show", "app.py", "--target-states", "--tree")
    assert done.out == (
        'Target states:\n- @test/files\n  - "one" owner:/"files"/"one"\n  - "two" owner:/"files"/"two"\n'
    )


def test_fingerprints_take_the_place_of_keys(shell: Shell) -> None:
    lines = shell.run("show", "app.py", "--target-states", "--fingerprints").out.splitlines()
    root, one = lines[1].strip().removeprefix("/").split("/")
    assert [len(part) for part in (root, one)] == [33, 33]
    assert root in lines[3]
    assert one not in lines[3]
    block = shell.run("show", "app.py", "files/one", "--fingerprints").out
    assert f"      - path:/{root}/{one}\n" in block


def test_a_database_is_shown_without_the_apps_code(shell: Shell) -> None:
    (shell.folder / "app.py").unlink()
    stored = ("--db", "app.db", "--app-name", "Names")
    assert '  /"files"/"one"\n' in shell.run("show", *stored).out
    assert BLOCK_OF_ONE in shell.run("show", *stored, '/"files"/"one"').out


def test_an_app_that_never_ran_has_nothing(shell: Shell) -> None:
    shell.run("drop", "-f", "-q", "app.py")
    done = shell.run("show", "app.py")
    assert (done.code, done.out) == (0, "Stable paths:\n")
    assert done.err == "Nothing is stored for an app 'Names'; apps in this database: none\n"


def test_an_unknown_app_has_nothing(shell: Shell) -> None:
    done = shell.run("show", "--db", "app.db", "--app-name", "Other", "--target-states")
    assert (done.code, done.out) == (0, "Target states:\n")
    assert done.err == "Nothing is stored for an app 'Other'; apps in this database: 'Names'\n"


def test_an_unknown_path_is_an_empty_directory(shell: Shell) -> None:
    done = shell.run("show", "app.py", "files/none")
    assert done.code == 0
    assert done.out.startswith('Stable paths:\n  /"files"/"none"\n    type:directory version:0 processor:-\n')
    assert done.err == 'Nothing is stored at /"files"/"none"; without a path, all of them are listed\n'


def test_a_database_that_is_not_there_is_one_line(shell: Shell) -> None:
    done = shell.run("show", "--db", "none.db", "--app-name", "Names")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: there is no database at ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--db", "app.db"],
        ["--app-name", "Names"],
        ["app.py", "-r"],
        ["app.py", "-p"],
        ["app.py", "/", "--target-states"],
        ["app.py", "-l", "--target-states"],
        ["app.py", "-r", "--target-states"],
    ],
)
def test_options_that_do_not_fit_are_one_line(shell: Shell, args: list[str]) -> None:
    done = shell.run("show", *args)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("path", ['/"fils', "a//b", "/[1", "@"])
def test_what_is_no_path_is_wrong_usage(shell: Shell, path: str) -> None:
    done = shell.run("show", "app.py", path)
    assert (done.code, done.out) == (2, "")
    assert "Usage: cocoindex show" in done.err
    assert "is not a stable path" in done.err
