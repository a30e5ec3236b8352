"""The example does what its README.md says, with the commands that it gives."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
README = (ROOT / "examples/s3_to_files/README.md").read_text()


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables that the README exports, for a store of this test's own."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    exported = dict(re.findall(r"(AWS_\w+)=(\S+)", README))
    yield {
        **os.environ,
        **exported,
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "S3_TO_FILES_STATE": str(tmp_path),
    }
    server.stop()


def run(command: str, environment: dict[str, str]) -> str:
    """Run one of the README's commands; return what it printed."""
    assert command in README
    program, *arguments = command.split()
    assert program in ("python", "cocoindex")
    starts = [sys.executable] if program == "python" else [str(Path(sys.executable).with_name(program))]
    done = subprocess.run([*starts, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def files(folder: Path) -> dict[str, Any]:
    """What the example made."""
    return {
        path.relative_to(folder / "files").as_posix(): json.loads(path.read_text())
        for path in (folder / "files").rglob("*.json")
    }


def test_the_files_follow_the_bucket(environment: dict[str, str], tmp_path: Path) -> None:
    fill, update = "python examples/s3_to_files/fill.py", "python examples/s3_to_files/main.py"
    run(fill, environment)
    assert "2 added" in run(update, environment)
    assert files(tmp_path) == {
        "people.json": [{"name": "Ada", "age": "36"}],
        "2024/sales.json": [{"month": "May", "sum": "12"}],
    }
    assert "2 unchanged" in run(update, environment)
    run(f"{fill} changed", environment)
    run(update, environment)
    assert files(tmp_path) == {"people.json": [{"name": "changed", "age": "37"}]}
    run("cocoindex drop -f examples/s3_to_files/main.py", environment)
    assert files(tmp_path) == {}
