"""With a real model, the quickstart finds what means the same in other words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

MAIN = Path(__file__).resolve().parents[2] / "examples" / "quickstart" / "main.py"


@pytest.mark.model
def test_the_answer_shares_no_word_with_the_question(documents: Any) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the model, as the session `model` installs it")
    documents.model = ""

    output = documents.run(str(MAIN), str(documents.folder), "Cutting back fruit plants: which month?")

    first = output.partition("which month?\n\n")[2]
    assert first.splitlines()[0].endswith("garden.txt, lines 1 to 2")
    again = documents.run(str(MAIN), str(documents.folder), "violoncello strings")
    assert "0 of 3 files processed, 3 unchanged, 0 removed, 0 left out; 0 changes to the database" in again
    assert again.partition("strings\n\n")[2].splitlines()[0].endswith("more/music.md, lines 1 to 3")
