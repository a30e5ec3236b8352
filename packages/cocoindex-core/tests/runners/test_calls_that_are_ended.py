"""A call whose caller has gone, or whose time is up, ends in its worker, and nobody is told of it later."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds
LIMIT = timedelta(milliseconds=100)


def fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path


async def begun(pipe: Path) -> int:
    return int(await asyncio.to_thread(pipe.read_text))


def test_nobody_is_told_of_a_call_that_was_cancelled(tmp_path: Path) -> None:
    told: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
        call = asyncio.ensure_future(workload.sleeps(fifo(tmp_path / "began")))
        await begun(tmp_path / "began")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        del call
        gc.collect()
        await asyncio.sleep(0)

    asyncio.run(main())
    assert told == []


def test_a_call_whose_time_is_up_is_ended(tmp_path: Path) -> None:
    began = fifo(tmp_path / "began")

    async def main() -> int:
        reading = asyncio.ensure_future(begun(began))
        with coco.timeout(timedelta(seconds=2)), pytest.raises(coco.DeadlineExceededError, match="a worker process"):
            await workload.sleeps(began)
        return await reading

    asyncio.run(workload.one())  # so that there is a worker
    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(main()), 0)


def test_a_call_that_waits_for_a_worker_does_not_wait_past_its_time(tmp_path: Path, clock: Any) -> None:
    began, may_end = fifo(tmp_path / "began"), fifo(tmp_path / "may_end")

    async def main() -> None:
        running = asyncio.ensure_future(workload.started_then_waits(began, may_end))
        await begun(began)
        with coco.timeout(LIMIT), pytest.raises(coco.DeadlineExceededError, match="had no result"):
            await workload.die("exit")
        await asyncio.to_thread(may_end.write_text, "now")
        await running

    asyncio.run(main())


def test_a_call_without_any_time_does_not_begin() -> None:
    async def main() -> None:
        with coco.timeout(timedelta(0)):
            await workload.ONE.execute(workload.die.body, ("exit",), {}, deadline=0.0)

    before = asyncio.run(workload.one())[1]
    with pytest.raises(coco.DeadlineExceededError, match=r"noticed at the call of process_workload\.die"):
        asyncio.run(main())
    assert asyncio.run(workload.one())[1] == before
