"""Ctrl-C while an environment stops: the cleanup that has begun is waited for, and a second one ends at once."""

from __future__ import annotations

import contextlib
import pathlib
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import quick_python

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
    with contextlib.ExitStack() as processes:

        def begin(how: str) -> quick_python.Running:
            process = processes.enter_context(quick_python.running(["-W", "error", file, tmp_path, how]))
            assert process.stdout.readline() == "cleaning\n"
            return process

        yield begin


@pytest.mark.parametrize("how", ["blocking", "async"])
def test_a_second_one_ends_at_once(start: Any, how: str) -> None:
    process = start(how)
    process.send_signal(signal.SIGINT)
    told = "interrupted: waiting for the end of the lifespan; Ctrl-C again ends at once\n"
    assert process.stderr.readline() == told
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10) == ("interrupted\n", "")
    assert process.returncode == 0
