"""Each check of the suite of runners fails for a runner that is wrong in just that."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CallPickleError, ContextKeyError, RemoteCallError
from cocoindex.testing import RunnerDriver, RunnerSuite, run_suite, runner_functions


class Inline(coco.Runner):
    """Right, in threads; what derives from it is wrong in one thing."""

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        return await self.call(fn, args, kwargs)

    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        coco.check_cancellation()
        result = await asyncio.to_thread(fn, *args, **kwargs)
        return await result if asyncio.iscoroutine(result) else result


class LosesKeywords(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        return await super().call(fn, args, {})


class MixesResults(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        return await super().call(fn, (0,) if args and isinstance(args[0], int) else args, kwargs)


class RaisesAnother(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        try:
            return await super().call(fn, args, kwargs)
        except Exception as error:
            raise RuntimeError(str(error)) from None


class LosesTheTraceback(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        try:
            return await super().call(fn, args, kwargs)
        except runner_functions.OddError as error:
            copy = pickle.loads(pickle.dumps(error))
            copy.__cause__ = error.__cause__ and error.__cause__.with_traceback(None)
        raise copy


class StopsAfterAnExit(Inline):
    def __init__(self) -> None:
        self.is_over = False

    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        if self.is_over:
            raise RuntimeError("the worker is gone")
        try:
            return await super().call(fn, args, kwargs)
        except SystemExit:
            self.is_over = True
            raise


_no_limit: ContextVar[None] = ContextVar("no_limit", default=None)


class LosesTheTimeLimit(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        import contextvars

        result = await asyncio.get_running_loop().run_in_executor(
            None, lambda: contextvars.Context().run(fn, *args, **kwargs)
        )
        return await result if asyncio.iscoroutine(result) else result


class OneAtATime(Inline):
    def __init__(self) -> None:
        self.taken = False

    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        if self.taken:
            raise RuntimeError("busy")
        self.taken = True
        try:
            await asyncio.sleep(0)
            if len(args) == 3:
                return False
            return await super().call(fn, args, kwargs)
        finally:
            self.taken = False


class NaivePool(Inline):
    """What one writes first: a pool of processes, and nothing of what a call needs besides."""

    def __init__(self) -> None:
        self.pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        return await asyncio.wrap_future(self.pool.submit(_apply, fn, args, kwargs))

    def stop(self) -> None:
        self.pool.shutdown(cancel_futures=True)


def _apply(fn: Any, args: Any, kwargs: Any) -> Any:
    result = fn(*args, **kwargs)
    return asyncio.run(result) if asyncio.iscoroutine(result) else result


class GoesOn(coco.ProcessRunner):
    """Lets go of a cancelled call while its function runs."""

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        self._calls = [asyncio.ensure_future(super().execute(fn, args, kwargs, deadline=deadline))]
        return await asyncio.shield(self._calls[0])


class BreaksWithItsWorker(coco.ProcessRunner):
    """Runs nothing any more once a worker has died."""

    is_broken = False

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        if self.is_broken:
            raise RuntimeError("the worker is gone")
        try:
            return await super().execute(fn, args, kwargs, deadline=deadline)
        except RemoteCallError:
            self.is_broken = True
            raise


class HidesWhatItCannotSend(coco.ProcessRunner):
    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        try:
            return await super().execute(fn, args, kwargs, deadline=deadline)
        except CallPickleError as error:
            raise RuntimeError("something cannot be sent") from error


class IgnoresItsInitializer(Inline):
    """Knows the values of nobody: `runner_with` of the driver below gives it none."""


class TakesNothingForAMissingValue(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        try:
            return await super().call(fn, args, kwargs)
        except ContextKeyError:
            return None


class DoesNotSayWhichValuesItRead(Inline):
    async def call(self, fn: Any, args: Any, kwargs: Any) -> Any:
        return "tracked" if fn.__name__ == "tracked" else await super().call(fn, args, kwargs)


def driver(make: Callable[[], coco.Runner]) -> Callable[[Path], RunnerDriver]:
    class Driver(RunnerDriver):
        suite_version = "0.2"
        own_processes = True
        parallel = 2
        ends_cancelled = True

        def runner(self) -> coco.Runner:
            return make()

        def runner_with(self, initializer: Callable[[coco.ContextProvider], Any]) -> coco.Runner:
            return make()

    return lambda folder: Driver()


WRONG: dict[str, Callable[[], coco.Runner]] = {
    "test_results": LosesKeywords,
    "test_each_call_gets_its_own_result": MixesResults,
    "test_exceptions_keep_class_arguments_and_cause": RaisesAnother,
    "test_exceptions_say_where_they_were_raised": LosesTheTraceback,
    "test_what_would_end_a_program_ends_no_other_call": StopsAfterAnExit,
    "test_the_function_sees_its_time_limit": LosesTheTimeLimit,
    "test_marked_functions_that_are_reached_count": NaivePool,
    "test_calls_run_at_the_same_time": OneAtATime,
    "test_functions_run_in_another_process": Inline,
    "test_a_worker_that_dies_fails_its_call_alone": lambda: BreaksWithItsWorker(1),
    "test_what_cannot_be_sent_is_named": lambda: HidesWhatItCannotSend(1),
    "test_a_cancelled_call_has_ended": lambda: GoesOn(2),
    "test_context_values_are_those_of_the_initializer": IgnoresItsInitializer,
    "test_a_context_value_that_is_missing_is_named": TakesNothingForAMissingValue,
    "test_a_context_value_that_changes_counts": DoesNotSayWhichValuesItRead,
}


@pytest.mark.parametrize("name", WRONG)
def test_it_fails(name: str) -> None:
    report = run_suite(RunnerSuite, driver(WRONG[name]), name)
    assert [failure.name for failure in report.failures] == [name]


def test_each_check_has_a_wrong_runner_of_its_own() -> None:
    assert {name for name in dir(RunnerSuite) if name.startswith("test_")} == WRONG.keys()
    assert len(set(WRONG.values())) == len(WRONG)
