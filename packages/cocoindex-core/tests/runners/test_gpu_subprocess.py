"""`COCOINDEX_RUN_GPU_IN_SUBPROCESS=1`: functions of `coco.GPU` run in a process of the GPU."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import traceback
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("gpu_workload")  # found on the path that conftest.py adds
pytestmark = pytest.mark.usefixtures("in_subprocess")


def test_it_runs_in_another_process_which_stays() -> None:
    pids = {asyncio.run(workload.where(x))[1] for x in range(3)} | {asyncio.run(workload.where_async())[1]}
    assert len(pids) == 1 and os.getpid() not in pids


def test_each_gpu_has_a_process_of_its_own() -> None:
    coco.configure_gpu_pool(2)

    async def main() -> Any:
        return await asyncio.gather(*(workload.where(x) for x in range(6)))

    results = asyncio.run(main())
    assert [x for x, _ in results] == [*range(6)]
    assert len({pid for _, pid in results}) == 2


def test_the_function_knows_its_gpu_there() -> None:
    assert asyncio.run(workload.allocation()) == (0, [0], 0.5)


def test_a_call_inside_a_call_stays_in_the_process() -> None:
    assert asyncio.run(workload.nested(7)) == (7, asyncio.run(workload.where())[1])


def test_methods_and_batches_go_there_too() -> None:
    model = workload.Model("m")

    async def main() -> Any:
        return await asyncio.gather(model.run(1), workload.Model.make("n"), model.embed("a"), model.embed("b"))

    assert asyncio.run(main()) == [("m", 1), "n", ("ma", 2), ("mb", 2)]


def test_a_batch_that_asks_for_smaller_ones_is_halved() -> None:
    async def main() -> Any:
        return await asyncio.gather(*(workload.embed(x) for x in range(5)), return_exceptions=True)

    results = asyncio.run(main())
    assert results[:3] + results[4:] == [0, 1, 2, 4]
    assert isinstance(results[3], KeyError)


def test_an_exception_comes_back_with_its_traceback_and_its_cause() -> None:
    with pytest.raises(KeyError) as plain:
        asyncio.run(workload.fail("plain"))
    assert plain.value.args == ("boom", "plain")
    text = "".join(traceback.format_exception(plain.value))
    assert "In the GPU subprocess" in text and 'raise KeyError("boom", how)' in text
    with pytest.raises(ValueError, match="above") as above:
        asyncio.run(workload.fail("cause"))
    assert isinstance(above.value.__cause__, ZeroDivisionError)
    assert "in fail_below" in "".join(traceback.format_exception(above.value))


def test_an_exception_of_ours_comes_back_as_it_was() -> None:
    with pytest.raises(errors.NoComponentError, match="GPU subprocess have none") as caught:
        asyncio.run(workload.fail("ours"))
    assert str(caught.value).count("was called outside") == 1


@pytest.mark.parametrize("times", range(2))
def test_an_exception_whose_initializer_takes_more_than_it_keeps_comes_back(times: int) -> None:
    with pytest.raises(workload.Picky, match="1 and 2"):
        asyncio.run(workload.fail("picky"))


def test_a_result_that_cannot_be_pickled_is_told() -> None:
    with pytest.raises(errors.CallPickleError, match="fail returned a lock that cannot be pickled"):
        asyncio.run(workload.fail("lock"))


def test_an_argument_that_cannot_be_pickled_is_told() -> None:
    with pytest.raises(errors.CallPickleError, match=r"argument 1 of gpu_workload.where cannot be pickled") as caught:
        asyncio.run(workload.where(lambda: 1))
    assert isinstance(caught.value, TypeError)


def test_a_function_that_cannot_be_found_there_is_told() -> None:
    @coco.fn.as_async(runner=coco.GPU)
    def local() -> None: ...

    for function in (local, coco.fn.as_async(runner=coco.GPU)(lambda: None)):
        with pytest.raises(errors.CallPickleError, match="define it at the top level of a module"):
            asyncio.run(function())


def test_the_time_limit_goes_with_the_call() -> None:
    async def main() -> Any:
        with coco.timeout(timedelta(hours=1)):
            return await workload.check_time()

    assert asyncio.run(main()) == 1.0


def test_functions_that_are_reached_there_count(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    async def component() -> Any:
        runs.append(1)
        return await workload.calls_helper()

    async def main() -> Any:
        return await coco.use_mount(component)

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert runs == [1]
    body = workload.helper.fn
    workload.helper = coco.fn(version=2)(body)  # as if it had been edited
    gc.collect()
    try:
        app.update_blocking()
    finally:
        workload.helper = coco.fn(version=1)(body)
    assert runs == [1, 1]
