"""Runners: where the body of a function runs. Layer: _function.

The framework calls only `Runner.execute`, so an adapter for another system is a class with that one method.
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

    A subclass implements `execute`, which gets the deadline, or both `run` and `run_sync_fn`, which do not. Each of the
    three has a default in terms of the others.

    Attributes:
        batches_in_flight: how many batches of one function it accepts at the same time.

    Raises:
        RunnerError: (a TypeError) a subclass without these methods is instantiated.
    """

    batches_in_flight: int = 1

    def __new__(cls, *args: Any, **kwargs: Any) -> Runner:
        """Check that the class implements the required methods."""
        if cls.execute is Runner.execute and (cls.run is Runner.run or cls.run_sync_fn is Runner.run_sync_fn):
            raise RunnerError(
                f"Can't instantiate abstract class {cls.__qualname__}: a runner implements execute(), "
                "or both run() and run_sync_fn()"
            )
        return super().__new__(cls)

    def start(self) -> None:
        """Start; called once per environment, before the first call by one of its components. It should be quick."""

    def stop(self) -> None:
        """Stop; called when such an environment is closed. It should be quick; exceptions are logged."""

    def batches_of(self, fn: Callable[..., Any]) -> int:
        """Return how many batches of one function it accepts at the same time; by default `batches_in_flight`.

        Called when calls of the function arrive and none is waiting.

        Args:
            fn: the body of the function, as passed to `execute`.
        """
        return self.batches_in_flight

    @staticmethod
    def checked_resources(resources: Mapping[str, object] | None) -> dict[str, float]:
        """Return the amounts of a runner's `resources=` (`memory` in bytes), by the rules of `@coco.fn(resources=...)`.

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
        """Run a function and return its result.

        Args:
            fn: the body; `inspect.iscoroutinefunction(fn)` says whether it is async. It can be pickled if it can be
                imported by its module and name, so that it can run in another process.
            args, kwargs: its arguments; for a batched function one list, after the instance of a method.
            deadline: when the caller stops waiting, in seconds of `time.monotonic()`; None for no limit. It does not
                ask to interrupt the function, but a call that has not begun by then should not begin.

        Raises:
            The exception of the function, with its traceback; a traceback from another process is added as a note
            (`add_note`). If there is no result because a process died or a machine is gone, an exception of the
            runner's own: a call must not wait for ever.
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
    """Return the awaitable that a method of a runner returned.

    Raises:
        RunnerError: (a TypeError) it is not awaitable.
    """
    if inspect.isawaitable(result):
        return result
    raise RunnerError(
        f"{type(runner).__qualname__}.{method}() returned a {type(result).__name__}, which cannot be awaited: make it "
        "an `async def`"
    )
