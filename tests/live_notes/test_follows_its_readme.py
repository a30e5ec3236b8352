"""The example keeps a folder of notes searchable while they are written, and across its own restarts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "live_notes" / "main.py"


class Notes:
    """The example on a folder of notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "notes"
        self.folder.mkdir()
        self.environment = {**os.environ, "LIVE_NOTES_STATE": str(folder / "state"), "LIVE_NOTES_FOLDER": "unused"}

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, str(EXAMPLE), str(self.folder)]
        with subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None and process.stdout is not None
            assert process.stdout.readline() == f"{self.folder} is searchable. Write, save, and ask.\n"
            yield process
            process.stdin.write("\n")
            process.stdin.flush()
            assert process.wait() == 0


def ask(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(f"{words}\n")
    process.stdin.flush()
    return list(iter(lambda: process.stdout.readline().rstrip("\n"), "--"))  # type: ignore[union-attr]


def ask_until(process: subprocess.Popen[str], words: str, answer: list[str]) -> None:
    """Ask until this is the answer: nobody tells when a change is in the table."""
    while (found := ask(process, words)) != answer:
        assert process.poll() is None, f"the example ended; it had found {found}"


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    made = Notes(tmp_path)
    (made.folder / "garden.md").write_text("# Garden\n\nTomatoes want sun.\n\nPrune the apple tree\nin February.\n")
    return made


def test_a_saved_note_is_found_while_it_runs(notes: Notes) -> None:
    with notes.running() as example:
        assert ask(example, "apple february") == ["garden.md:5: Prune the apple tree in February."]
        assert ask(example, "cello") == []

        (notes.folder / "music").mkdir()
        (notes.folder / "music" / "strings.md").write_text("The cello is tuned in fifths.\n")
        ask_until(example, "cello", ["music/strings.md:1: The cello is tuned in fifths."])

        (notes.folder / "garden.md").write_text("Tomatoes want water.\n")
        ask_until(example, "tomatoes sun", ["garden.md:1: Tomatoes want water."])

        (notes.folder / "music").rename(notes.folder / "sounds")
        ask_until(example, "cello", ["sounds/strings.md:1: The cello is tuned in fifths."])

        (notes.folder / "sounds" / "strings.md").unlink()
        ask_until(example, "cello", [])


def test_what_changed_while_it_did_not_run_is_found(notes: Notes) -> None:
    with notes.running():
        pass
    (notes.folder / "garden.md").unlink()
    (notes.folder / "music.md").write_text("The cello is tuned in fifths.\n")

    with notes.running() as example:
        assert ask(example, "cello apple") == ["music.md:1: The cello is tuned in fifths."]


def test_the_command_catches_up_and_drops(notes: Notes) -> None:
    notes.environment["LIVE_NOTES_FOLDER"] = str(notes.folder)

    def command(*arguments: str) -> None:
        code = "from cocoindex.cli import main; main()"
        subprocess.run(
            [sys.executable, "-c", code, *arguments, str(EXAMPLE)],
            env=notes.environment,
            check=True,
            capture_output=True,
        )

    command("update")
    with notes.running() as example:
        assert ask(example, "sun") == ["garden.md:3: Tomatoes want sun."]
    command("drop", "--force")
