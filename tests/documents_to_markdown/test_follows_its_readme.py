"""The example does what its README.md says, with the commands that it gives, on documents with odd names, too."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/documents_to_markdown"
README = (EXAMPLE / "README.md").read_text()
UPDATE = "python examples/documents_to_markdown/main.py"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables by which the example reads a copy of its documents, and keeps its state elsewhere."""
    shutil.copytree(EXAMPLE / "documents", tmp_path / "documents")
    return {
        **os.environ,
        "DOCUMENTS_FOLDER": str(tmp_path / "documents"),
        "DOCUMENTS_TO_MARKDOWN_STATE": str(tmp_path / "state"),
    }


def run(command: str, environment: dict[str, str]) -> tuple[str, str]:
    """Run one of the README's commands; return what it printed, and what it complained of."""
    assert command in README
    program, *arguments = shlex.split(command)
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr


def markdown(folder: Path) -> dict[str, str]:
    """What the example made."""
    made = folder / "state/markdown"
    return {path.relative_to(made).as_posix(): path.read_text() for path in made.rglob("*.md")}


def test_the_markdown_follows_the_documents(environment: dict[str, str], tmp_path: Path) -> None:
    report, complaints = run(UPDATE, environment)
    assert "2 added" in report and complaints == ""
    made = markdown(tmp_path)
    assert sorted(made) == ["boat club.pdf.md", "guides/knots.html.md"]
    assert made["boat club.pdf.md"].startswith("# boat club\n\n## Page 1\n\nBoat club, report of the year")
    assert "## Page 2\n\nNext year" in made["boat club.pdf.md"]
    assert "A **bowline** holds" in made["guides/knots.html.md"] and "1. Make a loop." in made["guides/knots.html.md"]
    assert "[hitches](https://example.org/hitches)" in made["guides/knots.html.md"]
    assert "console.log" not in made["guides/knots.html.md"] and "navy" not in made["guides/knots.html.md"]
    assert "2 unchanged" in run(UPDATE, environment)[0]


def test_a_broken_document_fails_alone(environment: dict[str, str], tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    (documents / "broken copy.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    report, complaints = run(UPDATE, environment)
    assert "1 FAILED" in report and "broken copy.pdf" in complaints
    assert sorted(markdown(tmp_path)) == ["boat club.pdf.md", "guides/knots.html.md"]
    shutil.copy(documents / "boat club.pdf", documents / "broken copy.pdf")
    (documents / "guides/knots.html").rename(documents / 'guides/it\'s "knots"\n2.html')
    report, complaints = run(UPDATE, environment)
    assert "1 unchanged" in report and "1 deleted" in report
    assert sorted(markdown(tmp_path)) == ["boat club.pdf.md", "broken copy.pdf.md", 'guides/it\'s "knots"\n2.html.md']
    run("cocoindex drop -f examples/documents_to_markdown/main.py", environment)
    assert not (tmp_path / "state/markdown").exists()
