"""Where the system starts no thread, what needs one fails, the update ends, and the next one mends it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget

TOO_LARGE = 1 << 46
"""Bytes: no system has room for such a stack, so that no thread starts."""


def what_needs_a_thread_fails(folder: Path) -> None:
    env = coco.Environment(coco.Settings(db_path=folder / "store"))
    target, failed = RecordingTarget(), set[str]()

    @coco.fn
    def sync(number: int) -> None:
        target.declare(number, 1)

    @coco.fn.as_async
    def called() -> int:
        return 1

    @coco.fn
    async def calling() -> None:
        target.declare("calling", await called())

    @coco.fn
    async def in_sink() -> None:
        target.declare("in sink", 1)

    async def note(error: BaseException, context: coco.ExceptionContext) -> None:
        assert "thread" in str(error)
        failed.add(context.stable_path)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(note):
            await coco.mount_each(coco.component_subpath("sync"), sync, [(n, n) for n in range(20)])
            await coco.mount(coco.component_subpath("calling"), calling)
            await coco.mount(coco.component_subpath("sink"), in_sink)

    async def update_twice() -> None:
        app: coco.App[..., Any] = coco.App(coco.AppConfig("app", environment=env), main)
        size = threading.stack_size(TOO_LARGE)
        try:
            await app.update()
        finally:
            threading.stack_size(size)
        assert len(failed) == 22 and target.batches == []
        await app.update()
        assert target.data == dict.fromkeys([*range(20), "calling", "in sink"], 1)

    asyncio.run(update_twice())
    assert len(target.actions) == 22, "nothing of the first update came late"


def test_what_needs_a_thread_fails(tmp_path: Path) -> None:
    """In a process of its own, as threads of other tests would be at hand here."""
    subprocess.run([sys.executable, __file__, str(tmp_path)], check=True)


if __name__ == "__main__":
    what_needs_a_thread_fails(Path(sys.argv[1]))
