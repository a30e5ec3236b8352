"""Ctrl-C while an environment stops: the cleanup that has begun is waited for, and a second one ends at once."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

PROGRAM = """
import asyncio, pathlib, sys
import cocoindex as coco

folder, how = pathlib.Path(sys.argv[1]), sys.argv[2]

@coco.lifespan
async def lifespan(builder):
    builder.settings.db_path = folder / "db"
    yield
    print("cleaning", flush=True)
    await asyncio.Event().wait()

@coco.fn
async def main():
    pass

app = coco.App("app", main)

async def run():
    async with coco.runtime():
        await app.update()

try:
    if how == "async":
        asyncio.run(run())
    else:
        with coco.runtime():
            app.update_blocking()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Any]:
    """Starts the program, up to where it cleans up."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    processes: list[subprocess.Popen[str]] = []

    def begin(how: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", file, tmp_path, how],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "cleaning\n"
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("how", ["blocking", "async"])
def test_a_second_one_ends_at_once(start: Any, how: str) -> None:
    process = start(how)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    told = "interrupted: waiting for the end of the lifespan; Ctrl-C again ends at once\n"
    assert process.stderr.readline() == told
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == ("interrupted\n", "")
    assert process.returncode == 0
