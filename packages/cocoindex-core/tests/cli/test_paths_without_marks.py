"""`show` finds the path that is meant, typed without the quotes and marks with which paths are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

APP = """
import pathlib
import cocoindex as coco

@coco.fn
async def nothing(): ...

@coco.fn
async def main():
    for path in [("files", 1), (coco.Symbol("setup"), "a b"), ("docs/a.txt",), (("a", 1),), ("same", "2"), ("same", 2),
                 ("k", 1), (coco.Symbol("k"), 1)]:
        await coco.mount(coco.component_subpath(*path), nothing)

app = coco.App(coco.AppConfig("A", environment=coco.Environment(coco.Settings(pathlib.Path("app.db")))), main)
"""


@pytest.fixture(autouse=True)
def updated(shell: Shell) -> None:
    shell.write("app.py", APP)
    assert shell.run("update", "-q", "app.py").code == 0


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("files/1", '/"files"/1'),
        ("/files/1", '/"files"/1'),
        ("setup", "/@setup"),
        ("setup/a b", '/@setup/"a b"'),
        ("docs/a.txt", '/"docs/a.txt"'),
        ('["a",1]', '/["a",1]'),
        ("[a,1]", '/["a",1]'),  # the shell took the quotes
        ("/@setup/a b", '/@setup/"a b"'),
        ("@setup", "/@setup"),
        ("/@setup/", "/@setup"),
        ("@setup/'a b'", '/@setup/"a b"'),
        ('setup/"a b"', '/@setup/"a b"'),
        ('/"files/1', '/"files"/1'),
    ],
)
def test_what_is_meant_is_shown(shell: Shell, typed: str, path: str) -> None:
    done = shell.run("show", "app.py", typed)
    assert done.code == 0 and done.out.splitlines()[:2] == ["Stable paths:", f"  {path}"]
    assert done.err == f"Showing {path}\n"


def test_several_are_named(shell: Shell) -> None:
    done = shell.run("show", "app.py", "k/1")
    assert done.code == 2 and """may be one of /"k"/1, /@k/1; give it as it is printed""" in done.err


def test_words_that_are_a_path_say_that_one(shell: Shell) -> None:
    done = shell.run("show", "app.py", "/same/2")
    assert done.code == 0 and done.out.splitlines()[1] == '  /"same"/"2"'  # which is what these words say
    assert shell.run("show", "app.py", '/"same"/2').out.splitlines()[1] == '  /"same"/2'


def test_what_has_the_same_end_is_named(shell: Shell) -> None:
    done = shell.run("show", "app.py", "a b")
    assert done.code == 2 and """'a b' is not stored; paths with the same end are /@setup/"a b"; give""" in done.err
    done = shell.run("show", "app.py", "texts/2")
    assert done.code == 2 and """paths with the same end are /"same"/2, /"same"/"2"; give""" in done.err


def test_what_is_not_there_is_said(shell: Shell) -> None:
    assert "Nothing is stored at" in shell.run("show", "app.py", "files/3").err
    done = shell.run("show", "app.py", "files/[3")
    assert done.code == 2 and "STABLE_PATH" in done.err
