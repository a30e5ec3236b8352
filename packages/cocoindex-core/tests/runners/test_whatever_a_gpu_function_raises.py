"""Whatever a function with a GPU runner raises reaches its caller, in this process and from the subprocess; no more."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import pytest

from cocoindex import errors

workload: Any = importlib.import_module("gpu_workload")  # found on the path that conftest.py adds

ARRIVES = {
    "plain": ValueError,
    "circle": workload.Circle,
    "huge": ValueError,
    "frozen": workload.Frozen,
    "unprintable": workload.Unprintable,
    "unpicklable": workload.EndsWhoPickles,
}


async def outcome(call: Any) -> Any:
    try:
        return await call
    except BaseException as error:
        return error


async def two(call: Any) -> Any:
    return await asyncio.gather(outcome(call), outcome(workload.give(1)))


@pytest.mark.parametrize("function", [workload.throw, workload.throw_async], ids=["sync", "async"])
@pytest.mark.parametrize("how", workload.RAISED)
def test_here(function: Any, how: str) -> None:
    error, other = asyncio.run(two(function(how)))
    kind = RuntimeError if how == "stop" else type(workload.RAISED[how]())
    assert isinstance(error, kind) and other == 1


@pytest.mark.usefixtures("in_subprocess")
@pytest.mark.parametrize("function", [workload.throw, workload.throw_async], ids=["sync", "async"])
@pytest.mark.parametrize("how", workload.RAISED)
def test_in_the_subprocess(function: Any, how: str) -> None:
    pid = asyncio.run(workload.where())[1]
    error, other = asyncio.run(two(function(how)))
    expected = ARRIVES.get(how, errors.GPUProcessError)
    if how == "stop":
        expected = RuntimeError
    assert isinstance(error, expected) and other == 1
    assert asyncio.run(workload.where())[1] == pid  # it goes on


@pytest.mark.usefixtures("in_subprocess")
def test_results_and_arguments_whose_pickling_ends_the_process() -> None:
    for call in (workload.give("unpicklable"), workload.give(workload.EndsWhoPickles())):
        error, other = asyncio.run(two(call))
        assert isinstance(error, errors.CallPickleError) and "SystemExit: pickled" in str(error)
        assert other == 1


@pytest.mark.usefixtures("in_subprocess")
def test_a_process_that_lost_its_connection_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cocoindex._runners.worker_process._ENDS_IN_SECONDS", 0.05)
    error, other = asyncio.run(two(workload.lose_connection()))
    assert isinstance(error, errors.GPUProcessError) and "while it ran gpu_workload.lose_connection" in str(error)
    assert other == 1
