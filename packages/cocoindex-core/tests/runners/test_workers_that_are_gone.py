"""Workers that died between two calls, that cannot be started, or that nobody needs any more."""

from __future__ import annotations

import asyncio
import gc
import importlib
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


def wait_for_the_end_of(pid: int) -> None:
    for each in multiprocessing.active_children():
        if each.pid == pid:
            each.join()


def test_a_worker_that_died_while_it_had_nothing_to_do_fails_no_call() -> None:
    pid = asyncio.run(workload.one())[1]
    os.kill(pid, signal.SIGKILL)
    wait_for_the_end_of(pid)
    assert asyncio.run(workload.one(5))[0] == 5


def test_a_call_that_was_not_read_as_a_whole_goes_to_another_worker() -> None:
    pid = asyncio.run(workload.one())[1]

    async def main() -> Any:
        os.kill(pid, signal.SIGSTOP)
        call = asyncio.ensure_future(workload.one(b"x" * 10_000_000))  # more than a pipe holds
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        return await call

    value, now = asyncio.run(main())
    assert len(value) == 10_000_000 and now != pid


def test_a_process_that_may_start_none_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(multiprocessing.current_process())["_config"], "daemon", True)
    runner = coco.ProcessRunner(1)
    with pytest.raises(errors.WorkerDiedError, match=r"could not be started to run builtins.len: .*daemonic"):
        asyncio.run(runner.execute(len, ([],), {}))
    monkeypatch.undo()
    assert asyncio.run(runner.execute(len, ([1],), {})) == 1


def test_the_workers_of_a_runner_that_is_gone_end() -> None:
    runner = coco.ProcessRunner(1)
    pid = asyncio.run(runner.execute(os.getpid, (), {}))
    (worker,) = [each for each in multiprocessing.active_children() if each.pid == pid]
    del runner
    gc.collect()
    worker.join()


MAIN = """
import asyncio
import cocoindex as coco

RUNNER = coco.ProcessRunner(1)

@coco.fn.as_async(runner=RUNNER)
def work():
    return 1

asyncio.run(work())
"""


@pytest.mark.parametrize(
    ("options", "given", "said"),
    [
        (["-c", MAIN], "", "main module, if it is a file"),
        (["-"], MAIN, "and <stdin> is no file: run the program from a file"),
        (["main.py"], "", "begin its work below `if __name__ == '__main__':`"),
    ],
)
def test_a_main_module_that_cannot_be_imported_is_told(
    tmp_path: Path, options: list[str], given: str, said: str
) -> None:
    (tmp_path / "main.py").write_text(MAIN)
    ran = subprocess.run([sys.executable, *options], cwd=tmp_path, input=given, capture_output=True, text=True)
    assert ran.stderr.splitlines()[-1].startswith("cocoindex.errors.") and said in ran.stderr.splitlines()[-1]
