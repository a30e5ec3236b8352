"""Runners: where the body of a function runs. Layer: _function.

The framework calls nothing but `Runner.execute`, so that another engine is a class with that one method.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, ParamSpec, TypeVar

from ..errors import FunctionDefinitionError, FunctionDefinitionTypeError, RunnerError
from .resources import checked_resources

P = ParamSpec("P")
R = TypeVar("R")


class Runner:
    """Runs the bodies of functions that name it: `@coco.fn.as_async(runner=...)`.

    A subclass has `execute`, which knows the deadline, or both `run` and `run_sync_fn`, which do not; each of the three
    works in terms of the others.

    Attributes:
        batches_in_flight: how many batches of one function it takes at the same time.

    Raises:
        RunnerError: (a TypeError) a subclass without these is instantiated.
    """

    batches_in_flight: int = 1

    def __new__(cls, *args: Any, **kwargs: Any) -> Runner:
        """Check that the class can run something."""
        if cls.execute is Runner.execute and (cls.run is Runner.run or cls.run_sync_fn is Runner.run_sync_fn):
            raise RunnerError(
                f"Can't instantiate abstract class {cls.__qualname__}: a runner implements execute(), "
                "or both run() and run_sync_fn()"
            )
        return super().__new__(cls)

    def start(self) -> None:
        """Called once for each environment, before the first call that a component of it makes; it should be quick."""

    def stop(self) -> None:
        """Called when such an environment is closed; it should be quick. What it raises is logged."""

    def batches_of(self, fn: Callable[..., Any]) -> int:
        """How many batches of one function it takes at the same time; `batches_in_flight` unless it is overridden.

        It is asked when calls of the function come and none waits.

        Args:
            fn: the body of the function, as `execute` gets it.
        """
        return self.batches_in_flight

    @staticmethod
    def checked_resources(resources: Mapping[str, object] | None) -> dict[str, float]:
        """What `resources=` of a runner says, by the rules of `@coco.fn(resources=...)`: amounts, `memory` in bytes.

        Raises:
            RunnerError: (a TypeError) it is not a dict of names to amounts, or breaks those rules.
        """
        try:
            return checked_resources(resources)
        except (FunctionDefinitionError, FunctionDefinitionTypeError) as error:
            raise RunnerError(f"resources of a runner: {error}") from None

    async def execute(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Any:
        """Run a function and give its result.

        Args:
            fn: the body; `inspect.iscoroutinefunction(fn)` says whether it is async. It can be pickled where it is
                found by its module and name, so that it can run in another process.
            args, kwargs: its arguments; of a batched function one list, after the instance where it is a method.
            deadline: when the caller stops waiting, in seconds of `time.monotonic()`; None where there is no limit. It
                is no order to interrupt the function: what has not begun by then should not begin.

        Raises:
            whatever the function raised, with its traceback; where that was made elsewhere, as a note of the exception
            (`add_note`). What cannot be had of the function, since its process died or its machine is gone, is an
            exception of the runner's own: a call must not wait for ever.
        """
        run: Any = self.run if inspect.iscoroutinefunction(fn) else self.run_sync_fn
        return await awaitable(run(fn, *args, **kwargs), self, run.__name__)

    async def run(self, fn: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an async function."""
        return await self.execute(fn, args, kwargs)  # type: ignore[no-any-return]  # what fn returns

    async def run_sync_fn(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a sync function without blocking the loop."""
        return await self.execute(fn, args, kwargs)  # type: ignore[no-any-return]  # what fn returns


def awaitable(result: Any, runner: Runner, method: str) -> Awaitable[Any]:
    """What a method of a runner returned, which has to be awaited.

    Raises:
        RunnerError: (a TypeError) it cannot be.
    """
    if inspect.isawaitable(result):
        return result
    raise RunnerError(
        f"{type(runner).__qualname__}.{method}() returned a {type(result).__name__}, which cannot be awaited: make it "
        "an `async def`"
    )
