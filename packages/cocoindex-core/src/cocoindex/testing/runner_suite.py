"""`RunnerSuite`: the tests that every runner must pass. Testing kit."""

from __future__ import annotations

import asyncio
import os
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from .._app.app import App, AppConfig
from .._component.use_mount import use_mount
from .._function.decorator import fn
from .._function.function import Function
from .._function.runner import Runner
from .._runtime.context import ContextProvider
from .._runtime.deadline import current_deadline, timeout
from .._runtime.environment import Environment
from .._runtime.settings import Settings
from ..errors import CallPickleError, ContextKeyError, DeadlineExceededError, RemoteCallError
from . import runner_functions as functions
from .capability import Capability
from .check import check
from .runner_driver import RunnerDriver


class RunnerSuite:
    """To use it, derive a class whose name begins with `Test`, and define a fixture `driver`."""

    @check(Capability.CALLS)
    def test_results(self, driver: RunnerDriver, tmp_path: Path) -> None:
        plain = [None, True, 1 << 80, 1.5, "ä\ud800", b"\0", "x" * 100_000]
        given: list[Any] = [*plain, [1, {"a": (2,)}], {1: {2}}, Path("a"), functions.OddError]

        async def test(call: Call) -> None:
            for function in (functions.echo, functions.echo_async):
                for value in given:
                    assert await call(function, value, named=value) == ((value,), {"named": value})

        _run(driver, test)

    @check(Capability.CALLS)
    def test_each_call_gets_its_own_result(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            results = await asyncio.gather(*(call(functions.echo, number) for number in range(300)))
            assert [args for args, _ in results] == [(number,) for number in range(300)]

        _run(driver, test)

    @check(Capability.CALLS)
    def test_exceptions_keep_class_arguments_and_cause(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            error = await _error_of(call(functions.fail_oddly))
            assert isinstance(error, functions.OddError), f"the function raised OddError, but its caller got {error!r}"
            assert (error.code, error.detail) == (7, "why")
            assert isinstance(error.__cause__, ZeroDivisionError), "its cause was lost"

        _run(driver, test)

    @check(Capability.CALLS)
    def test_exceptions_say_where_they_were_raised(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            error = await _error_of(call(functions.fail_oddly))
            text = "".join(traceback.format_exception(error))
            assert "in fail_oddly" in text, f"neither its traceback nor a note names the function: {text}"

        _run(driver, test)

    @check(Capability.CALLS)
    def test_what_would_end_a_program_ends_no_other_call(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            for function in (functions.exit_program, functions.fail_unpicklably):
                assert await _error_of(call(function)) is not None
                assert await call(functions.echo, 1) == ((1,), {})

        _run(driver, test)

    @check(Capability.CALLS)
    def test_the_function_sees_its_time_limit(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            with timeout(timedelta(hours=1)):
                assert await call(functions.has_time) is True
            with timeout(timedelta(0)):
                error = await _error_of(call(functions.has_time))
            assert isinstance(error, DeadlineExceededError), (
                f"the time limit was exceeded, but the caller got {error!r}"
            )

        _run(driver, test)

    @check(Capability.CALLS)
    def test_marked_functions_that_are_reached_count(self, driver: RunnerDriver, tmp_path: Path) -> None:
        with _runner(driver, driver.runner) as runner:
            runs: list[int] = []

            @fn(memo=True)
            async def component() -> int:
                runs.append(1)
                result: int = await _call(runner)(functions.outer, 1)
                return result

            with _environment(tmp_path) as environment:
                app = App(AppConfig("runner-suite", environment=environment), _mounted, component)
                for _ in range(2):
                    assert app.update_blocking() == 2
                assert runs == [1], "the component ran again though nothing had changed"
                with _edited("inner"):
                    app.update_blocking()
                assert runs == [1, 1], "a marked function that was called was edited, but its caller did not run again"

    @check(Capability.CALLS_AT_ONCE)
    def test_calls_run_at_the_same_time(self, driver: RunnerDriver, tmp_path: Path) -> None:
        count = driver.parallel

        async def test(call: Call) -> None:
            met = await asyncio.gather(*(call(functions.meet, tmp_path, number, count) for number in range(count)))
            assert met == [True] * count

        _run(driver, test)

    @check(Capability.OWN_PROCESSES)
    def test_functions_run_in_another_process(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            assert await call(functions.pid) != os.getpid()

        _run(driver, test)

    @check(Capability.OWN_PROCESSES)
    def test_a_worker_that_dies_fails_its_call_alone(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            error = await _error_of(call(functions.die))
            assert isinstance(error, RemoteCallError), f"the worker died, but the caller got {error!r}"
            assert "die" in str(error), f"the error does not name the function: {error}"
            assert await call(functions.echo, 1) == ((1,), {})

        _run(driver, test)

    @check(Capability.OWN_PROCESSES)
    def test_what_cannot_be_sent_is_named(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            error = await _error_of(call(functions.echo, lambda: None))
            assert isinstance(error, CallPickleError), f"a lambda cannot be sent, but the caller got {error!r}"
            assert "echo" in str(error), f"the error does not name the function: {error}"

        _run(driver, test)

    @check(Capability.ENDED_CALLS)
    def test_a_cancelled_call_has_ended(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            task = asyncio.ensure_future(call(functions.stay, tmp_path))
            await asyncio.to_thread(_wait_for, tmp_path / "begun")
            task.cancel()
            assert isinstance(await _error_of(task), asyncio.CancelledError)
            beats = (tmp_path / "beats").stat().st_size
            assert await call(functions.echo, 1) == ((1,), {})
            assert (tmp_path / "beats").stat().st_size == beats, "the function went on after its call was cancelled"

        _run(driver, test)

    @check(Capability.CONTEXT_VALUES)
    def test_context_values_are_those_of_the_initializer(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            assert await call(functions.word) == "word"

        _run(driver, test, lambda: driver.runner_with(functions.provide_values))

    @check(Capability.CONTEXT_VALUES)
    def test_a_context_value_that_is_missing_is_named(self, driver: RunnerDriver, tmp_path: Path) -> None:
        async def test(call: Call) -> None:
            error = await _error_of(call(functions.word))
            assert isinstance(error, ContextKeyError), (
                f"no value was provided in the worker, but the caller got {error!r}"
            )
            assert functions.WORD.key in str(error)

        _run(driver, test)

    @check(Capability.CONTEXT_VALUES)
    def test_a_context_value_that_changes_counts(self, driver: RunnerDriver, tmp_path: Path) -> None:
        with _runner(driver, lambda: driver.runner_with(functions.provide_values)) as runner:
            runs: list[int] = []

            @fn(memo=True)
            async def component() -> None:
                runs.append(1)
                assert await _call(runner)(functions.tracked) == "tracked"

            for value in ("one", "one", "two"):
                context = ContextProvider()
                context.provide(functions.TRACKED, value)
                with _environment(tmp_path, context) as environment:
                    App(AppConfig("runner-suite", environment=environment), _mounted, component).update_blocking()
            assert runs == [1, 1], f"the value changed once; the component should run twice, but ran {len(runs)} times"


Call = Callable[..., Awaitable[Any]]


def _run(
    driver: RunnerDriver, test: Callable[[Call], Awaitable[None]], make: Callable[[], Runner] | None = None
) -> None:
    with _runner(driver, make or driver.runner) as runner:

        async def run() -> None:
            await test(_call(runner))

        asyncio.run(run())


@contextmanager
def _runner(driver: RunnerDriver, make: Callable[[], Runner]) -> Iterator[Runner]:
    """Start a runner and stop it at the end of the block, as an environment does."""
    runner = make()
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()
        driver.close()


def _call(runner: Runner) -> Call:
    """Return a function that runs functions on the runner, as `runner=` does."""

    async def call(function: Function[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await runner.execute(function.body, args, kwargs, deadline=current_deadline())

    return call


def _wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.001)


async def _error_of(awaitable: Awaitable[Any]) -> BaseException | None:
    try:
        await awaitable
    except BaseException as error:  # whatever the runner raises
        return error
    return None


async def _mounted(component: Any) -> Any:
    return await use_mount(component)


@contextmanager
def _environment(folder: Path, context: ContextProvider | None = None) -> Iterator[Environment]:
    environment = Environment(Settings(db_path=folder / "store"), context_provider=context)
    try:
        yield environment
    finally:
        environment.close()


@contextmanager
def _edited(name: str) -> Iterator[None]:
    """Replace a function of the suite during the block, as if its file had been edited."""
    import gc

    before: Function[..., Any] = getattr(functions, name)
    setattr(functions, name, fn(version=2)(before.fn))
    del before
    gc.collect()
    try:
        yield
    finally:
        setattr(functions, name, fn(getattr(functions, name).fn))
