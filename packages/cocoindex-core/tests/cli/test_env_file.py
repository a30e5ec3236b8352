"""Variables of a `.env` file are there for the app; those that were set before win."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

APP = """
import os, pathlib
import cocoindex as coco

@coco.fn
def main():
    pathlib.Path(os.environ["RESULT"]).write_text(os.environ.get("WORD", "nothing"))

app = coco.App("A", main)
"""


@pytest.fixture
def result(shell: Shell) -> str:
    """Where the app writes the word that it found."""
    shell.write("app.py", APP)
    return str(shell.folder / "result.txt")


def word(shell: Shell) -> str:
    """The word that the app found."""
    return (shell.folder / "result.txt").read_text()


def test_env_is_looked_for_from_the_current_folder_upwards(shell: Shell, result: str) -> None:
    shell.write(".env", "WORD=above\nCOCOINDEX_DB=app.db\n")
    shell.write("deep/er/app.py", APP)
    done = shell.run("update", "-q", "app.py", cwd="deep/er", RESULT=result)
    assert (done.code, word(shell)) == (0, "above")
    assert done.err == f"Loaded environment variables from: {shell.folder.resolve() / '.env'}\n"
    assert (shell.folder / "deep/er/app.db").is_dir()


def test_variables_that_are_set_win(shell: Shell, result: str) -> None:
    shell.write(".env", "WORD=file\nCOCOINDEX_DB=app.db\n")
    assert shell.run("update", "-q", "app.py", RESULT=result, WORD="set").code == 0
    assert word(shell) == "set"


def test_another_file_can_be_named(shell: Shell, result: str) -> None:
    shell.write(".env", "WORD=file\n")
    shell.write("other.env", "WORD=other\nCOCOINDEX_DB=app.db\n")
    assert shell.run("-e", "other.env", "update", "-q", "app.py", RESULT=result).code == 0
    assert word(shell) == "other"


def test_a_file_that_is_not_there_is_wrong_usage(shell: Shell) -> None:
    done = shell.run("--env-file", "none.env", "update", "app.py")
    assert done.code == 2
    assert "none.env" in done.err


def test_a_file_that_is_no_text_is_wrong_usage(shell: Shell) -> None:
    (shell.folder / "bad.env").write_bytes(b"\xff\xfe\x00A")
    done = shell.run("-e", "bad.env", "update", "app.py")
    assert done.code == 2
    assert "bad.env" in done.err
