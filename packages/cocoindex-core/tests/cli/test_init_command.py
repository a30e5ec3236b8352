"""`cocoindex init` makes a project that runs, says what to do next, and overwrites nothing unasked."""

from __future__ import annotations

import re
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

FILES = ["README.md", "main.py", "pyproject.toml"]


def names(shell: Shell, folder: str) -> list[str]:
    """Return what is in a folder."""
    return sorted({path.name for path in (shell.folder / folder).iterdir()} - {"__pycache__"})


def test_it_says_what_it_made_and_what_is_next(shell: Shell) -> None:
    done = shell.run("init", "first")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "Created CocoIndex project 'first' in 'first'\n\nNext steps:\n  1. cd first\n  2. cocoindex update main.py\n"
    )
    assert names(shell, "first") == FILES


def test_the_project_runs(shell: Shell) -> None:
    shell.run("init", "first")
    shell.write("first/notes.md", "two words")
    done = shell.run("update", "main.py", cwd="first")
    assert (done.code, done.err) == (0, "")
    assert (shell.folder / "first/counts/notes.txt").read_text() == "2 words\n"
    assert names(shell, "first/counts") == ["README.txt", "notes.txt"]
    (shell.folder / "first/notes.md").unlink()
    assert shell.run("update", "-q", "main.py", cwd="first").code == 0
    assert names(shell, "first/counts") == ["README.txt"]
    assert shell.run("drop", "-f", "-q", "main.py", cwd="first").code == 0
    assert names(shell, "first") == [*FILES[:1], "cocoindex.db", *FILES[1:]]


def test_the_project_is_one_to_python(shell: Shell) -> None:
    shell.run("init", "first")
    project = tomllib.loads((shell.folder / "first/pyproject.toml").read_text())["project"]
    assert project["name"] == "first"
    assert re.match(r"cocoindex-core(\[localfs\]>=| @ file:///)", project["dependencies"][0])
    assert project["requires-python"] == ">=3.11"
    assert sys.version_info >= (3, 11)


def test_without_a_name_it_is_called_like_its_folder(shell: Shell) -> None:
    (shell.folder / "here").mkdir()
    done = shell.run("init", cwd="here")
    assert done.out.startswith("Created CocoIndex project 'here' in '.'\n\nNext steps:\n  1. cocoindex update")
    assert shell.run("init", "--dir", "deep/there").out.startswith("Created CocoIndex project 'there' in 'deep/there'")
    assert names(shell, "here") == names(shell, "deep/there") == FILES


def test_the_folder_may_have_another_name(shell: Shell) -> None:
    done = shell.run("init", "first", "--dir", "a folder")
    assert done.out.startswith("Created CocoIndex project 'first' in 'a folder'\n\nNext steps:\n  1. cd ")
    assert names(shell, "a folder") == FILES


@pytest.mark.parametrize(("answer", "code", "kept"), [("n\n", 0, True), ("", 1, True), ("y\n", 0, False)])
def test_it_asks_where_something_is_there(shell: Shell, answer: str, code: int, kept: bool) -> None:
    shell.write("first/main.py", "mine")
    done = shell.run("init", "first", answer=answer)
    assert done.code == code
    assert done.out.startswith("Directory 'first' already exists and is not empty. Continue and overwrite its files?")
    assert ((shell.folder / "first/main.py").read_text() == "mine") == kept
    assert ("Init cancelled.\n" in done.out) == (answer == "n\n")
    assert ("name a folder that is new by --dir" in done.err) == (answer == "")


def test_an_empty_folder_is_taken(shell: Shell) -> None:
    (shell.folder / "first").mkdir()
    assert shell.run("init", "first").code == 0


@pytest.mark.parametrize("name", ["a b", "a.b", "a/b", "-", "a-", "ünï", "$name"])
def test_what_is_no_name_is_wrong_usage(shell: Shell, name: str) -> None:
    done = shell.run("init", "--", name)
    assert done.code == 2
    assert f"{name!r} cannot be the name of a project" in done.err
    assert (f"pass it to --dir: --dir {name}" in done.err) == ("/" in name)
    assert names(shell, ".") == []


def test_a_file_in_the_way_is_said(shell: Shell) -> None:
    shell.write("file", "")
    done = shell.run("init", "first", "--dir", "file")
    assert done.code == 2
    assert "'file' is a file; name a folder" in done.err
    done = shell.run("init", "first", "--dir", "file/below")
    assert done.code == 1
    assert done.err.startswith("Error: the project cannot be created in 'file/below': ")
