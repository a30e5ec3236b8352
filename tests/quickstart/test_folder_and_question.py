"""The quickstart takes a folder, a question, both or none, and keeps what it made of each folder."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest


def test_a_question_alone_asks_the_documentation_of_this_repository(documents: Any) -> None:
    question = "What is a sink?"
    output = documents.run(documents.hashing, question, folder="")

    assert f"{question}\n" in output
    places = [line for line in output.splitlines() if ", lines " in line]
    assert places
    assert all("/docs/" in place for place in places)


def test_words_need_no_quotes(documents: Any) -> None:
    output = documents.run(documents.hashing, "How", "is", "the", "cello", "tuned?")

    assert output.partition("How is the cello tuned?\n")[2].split()[1].endswith("music.md,")


def test_a_folder_alone_is_asked_a_question_of_the_program(documents: Any) -> None:
    output = documents.run(documents.hashing, str(documents.folder), folder="")

    assert "3 of 3 files processed" in output
    assert ", lines " in output


def test_another_folder_keeps_the_first(documents: Any) -> None:
    other = documents.folder / "more"
    documents.ask("cello")

    assert "1 of 1 files processed" in documents.run(documents.hashing, str(other), "cello")
    assert "0 of 3 files processed, 3 unchanged, 0 removed" in documents.ask("cello")
    assert "0 of 1 files processed, 1 unchanged, 0 removed" in documents.run(documents.hashing, str(other), "cello")


@pytest.mark.parametrize("words", [("./no", "How is it?"), ("no-folder", "How is it?"), ("./no",), ("~/no-such",)])
def test_a_folder_that_is_not_there_is_wrong_usage(documents: Any, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, documents.hashing, *words], cwd=documents.folder, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert f"there is no folder {words[0]}" in done.stderr


def test_the_first_run_says_how_much_there_is(documents: Any) -> None:
    assert "3 documents, about 3 passages" in documents.ask("cello")
    assert "passages" not in documents.ask("cello").partition("\n\n")[0]
