"""`coco.ProcessRunner`: functions run in worker processes, with the results and errors of a call here."""

from __future__ import annotations

import asyncio
import importlib
import os
import threading
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


def pipes(tmp_path: Path, *names: str) -> list[Path]:
    made = [tmp_path / name for name in names]
    for path in made:
        os.mkfifo(path)
    return made


def test_functions_run_in_other_processes() -> None:
    for function in (workload.where, workload.where_async):
        value, pid = asyncio.run(function({"a": [1]}))
        assert value == {"a": [1]} and pid != os.getpid()


def test_as_many_run_at_once_as_there_are_workers(tmp_path: Path) -> None:
    a, b = pipes(tmp_path, "a", "b")

    async def main() -> Any:
        return await asyncio.gather(workload.meet(a, b), workload.meet(b, a))

    assert asyncio.run(main()) == [4, 4]


def test_batches_of_one_function_go_to_several_workers(tmp_path: Path) -> None:
    a, b = pipes(tmp_path, "a", "b")

    async def main() -> Any:
        shared = await asyncio.gather(*(workload.pids(x) for x in range(10)))
        return shared, await asyncio.gather(workload.meet_in_batches((a, b)), workload.meet_in_batches((b, a)))

    shared, met = asyncio.run(main())
    assert met == [4, 4]
    assert {size for _, size in shared} == {5} and os.getpid() not in dict(shared)


def test_a_worker_stays() -> None:
    assert len({asyncio.run(workload.one())[1] for _ in range(3)}) == 1


def test_a_call_inside_a_call_stays_in_the_worker() -> None:
    assert asyncio.run(workload.nested(7)) == (7, asyncio.run(workload.one())[1])


def test_an_exception_comes_back_with_its_arguments_and_its_traceback() -> None:
    with pytest.raises(workload.Odd) as caught:
        asyncio.run(workload.fail())
    assert (caught.value.code, caught.value.detail) == (7, "why")
    text = "".join(traceback.format_exception(caught.value))
    assert "In a worker process" in text and 'raise Odd(7, detail="why")' in text
    assert "remote_worker.py" not in text  # the framework's own frames there


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("fail_for_a_cause", ['int("no number")', 'raise KeyError("above") from error']),
        ("fail_as_a_group", ['raise ExceptionGroup("both", [KeyError(1), KeyError(2)])']),
    ],
)
def test_the_log_has_the_lines_that_failed_there_once(
    make_app: Any, caplog: pytest.LogCaptureFixture, name: str, lines: list[str]
) -> None:
    @coco.fn
    async def call() -> None:
        await getattr(workload, name)()

    async def main() -> None:
        await coco.mount(coco.component_subpath("call"), call)

    make_app(main).update_blocking()
    assert [caplog.text.count(line) for line in ["await getattr(workload, name)()", *lines]] == [1] * (1 + len(lines))
    assert "remote" not in caplog.text  # the framework's own frames


@pytest.mark.parametrize(("how", "said"), [("exit", "exited with code 3"), ("kill", "was killed by SIGKILL")])
def test_a_worker_that_dies_fails_its_call_and_is_replaced(how: str, said: str) -> None:
    before = asyncio.run(workload.one())[1]
    with pytest.raises(errors.WorkerDiedError, match=f"worker process 0 {said} while it ran process_workload.die"):
        asyncio.run(workload.die(how))
    assert asyncio.run(workload.one())[1] != before


def test_a_call_whose_worker_died_is_tried_again_as_often_as_it_says(tmp_path: Path) -> None:
    assert asyncio.run(workload.die_often(tmp_path / "marker", 2)) == 3
    with pytest.raises(errors.WorkerDiedError):
        asyncio.run(workload.die_often(tmp_path / "other", 3))


def test_a_cancelled_call_ends_its_worker_before_it_is_left(tmp_path: Path) -> None:
    began = pipes(tmp_path, "began")[0]

    async def main() -> int:
        call = asyncio.ensure_future(workload.sleeps(began))
        pid = int(await asyncio.to_thread(began.read_text))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return pid

    pid = asyncio.run(main())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert asyncio.run(workload.one(1))[0] == 1


def test_a_call_that_is_cancelled_before_it_began_harms_nobody(tmp_path: Path) -> None:
    began, may_end = pipes(tmp_path, "began", "may_end")

    async def main() -> Any:
        running = asyncio.ensure_future(workload.started_then_waits(began, may_end))
        await asyncio.to_thread(began.read_text)
        waiting = asyncio.ensure_future(workload.die("exit"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.to_thread(may_end.write_text, "now")
        await running

    asyncio.run(main())


def test_a_deadline_goes_with_the_call() -> None:
    async def main() -> None:
        with coco.timeout(timedelta(hours=1)):
            await workload.time_left()
        with coco.timeout(timedelta(0)):
            await workload.time_left()

    with pytest.raises(coco.DeadlineExceededError):
        asyncio.run(main())


def test_what_cannot_be_pickled_is_named_with_its_function() -> None:
    lock = threading.Lock()

    def captures() -> Any:
        return lock

    with pytest.raises(errors.CallPickleError, match=r"argument 1 of process_workload\.where .* captured lock"):
        asyncio.run(workload.where(captures))


@pytest.mark.parametrize("arguments", [{"workers": 0}, {"workers": "2"}, {"retries": -1}, {"initializer": 1}])
def test_wrong_arguments_are_refused(arguments: Any) -> None:
    with pytest.raises(errors.RunnerError, match=next(iter(arguments))):
        coco.ProcessRunner(**arguments)
