"""A later run of the quickstart does what changed since, says how much that was, and nothing else."""

from __future__ import annotations

from typing import Any

QUESTION = "When do I prune the tree?"


def test_a_second_run_processes_and_changes_nothing(documents: Any) -> None:
    first = documents.ask(QUESTION)

    second = documents.ask(QUESTION)

    assert "0 of 3 files processed, 3 unchanged, 0 removed, 0 left out; 0 changes to the database" in second
    assert second.partition(QUESTION)[2] == first.partition(QUESTION)[2]


def test_a_changed_file_alone_is_redone(documents: Any) -> None:
    documents.ask(QUESTION)
    (documents.folder / "garden.txt").write_text("Prune the pear tree in March.\n")

    output = documents.ask(QUESTION)

    assert "1 of 3 files processed, 2 unchanged, 0 removed, 0 left out" in output
    assert "pear tree" in output
    assert "apple tree" not in output


def test_the_passages_of_a_deleted_file_are_gone(documents: Any) -> None:
    documents.ask(QUESTION)
    (documents.folder / "garden.txt").unlink()

    output = documents.ask(QUESTION)

    assert "0 of 2 files processed, 2 unchanged, 1 removed, 0 left out" in output
    assert "garden.txt" not in output


def test_another_model_redoes_all(documents: Any) -> None:
    documents.ask(QUESTION)

    output = documents.run(documents.hashing, str(documents.folder), QUESTION, "--model", "another")

    assert "3 of 3 files processed, 0 unchanged" in output


def test_an_emptied_folder_has_no_answer(documents: Any) -> None:
    documents.ask(QUESTION)
    for path in documents.folder.rglob("*.*"):
        path.unlink()

    output = documents.ask(QUESTION)

    assert "0 of 0 files processed, 0 unchanged, 3 removed" in output
    assert ", lines " not in output
    assert "0 of 0 files processed, 0 unchanged, 0 removed, 0 left out; 0 changes" in documents.ask(QUESTION)
