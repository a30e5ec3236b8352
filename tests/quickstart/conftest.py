"""What the quickstart's tests share: a folder of documents, and ways to run the example on it as a process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
import quick_python

DOCUMENTS = {
    "passport.md": "# Passports\n\nTo renew a passport, book an appointment at the town hall.\n",
    "garden.txt": "Tomatoes want sun and a lot of water.\nPrune the apple tree in February.\n",
    "more/music.md": "# Music\n\nThe cello is tuned in fifths, as the viola is, an octave lower.\n",
}


@dataclass
class Documents:
    """A folder of documents, `folder`, and beside it the example's state; `model` is that of its option."""

    folder: Path
    model: str = "hashing"
    # The example with the hashing embedder in place of a model.
    hashing = str(Path(__file__).with_name("with_hashing_embedder.py"))

    @property
    def state(self) -> Path:
        return self.folder.with_name("state")

    def ask(self, question: str) -> str:
        """Run the example with the hashing embedder; return what it printed."""
        return self.run(self.hashing, str(self.folder), question)

    def command(self, *arguments: str) -> str:
        """Run the command `cocoindex`; return what it printed."""
        return self.run("-c", "from cocoindex.cli import main; main()", *arguments)

    def run(self, *arguments: str, folder: str | None = None) -> str:
        """Run Python with `arguments`; return what it printed, and fail where it failed.

        `folder` is that of the environment, by default the one of the documents.
        """
        documents = str(self.folder) if folder is None else folder
        options = {"QUICKSTART_STATE": str(self.state), "QUICKSTART_FOLDER": documents}
        environment = {**os.environ, "QUICKSTART_MODEL": self.model, **options}
        done = quick_python.run(arguments, env=environment, cwd=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def documents(tmp_path: Path) -> Documents:
    pytest.importorskip("numpy", reason="the table needs numpy")
    made = Documents(tmp_path / "documents")
    for name, text in DOCUMENTS.items():
        path = made.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return made
