"""The quickstart answers with the nearest passages first: score, file, lines, text."""

from __future__ import annotations

from typing import Any


def test_the_nearest_passage_comes_first(documents: Any) -> None:
    output = documents.ask("How is the cello tuned?")

    assert "3 of 3 files processed, 0 unchanged, 0 removed, 0 left out" in output
    answers = output.partition("How is the cello tuned?\n")[2].strip().split("\n\n")
    score, _, place = answers[0].splitlines()[0].partition("  ")
    assert 0 < float(score) <= 1
    assert place == f"{documents.folder}/more/music.md, lines 1 to 3"
    assert answers[1].startswith("The cello is tuned in fifths")
    assert len([line for line in output.splitlines() if ", lines " in line]) == 3
