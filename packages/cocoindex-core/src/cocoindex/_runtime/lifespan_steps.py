"""The two halves of a lifespan function: before its `yield`, and after it. Layer: _runtime."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import LifespanError

if TYPE_CHECKING:
    from .environment import EnvironmentBuilder

LifespanFn: TypeAlias = Callable[["EnvironmentBuilder"], "Iterator[None] | AsyncIterator[None]"]


class LifespanSteps:
    """One run of a lifespan function, sync or async.

    Raises:
        LifespanError: (a RuntimeError) the function does not return an iterator.
    """

    def __init__(self, fn: LifespanFn, builder: EnvironmentBuilder) -> None:
        self._name = getattr(fn, "__qualname__", repr(fn))
        self._steps: Any = fn(builder)
        if not isinstance(self._steps, Iterator | AsyncIterator):
            if hasattr(self._steps, "close"):  # a coroutine
                self._steps.close()
            raise self._wrong("is no generator")

    async def enter(self) -> None:
        """Run the setup."""
        if not await self._step():
            raise self._wrong("ended without a yield")

    async def leave(self) -> None:
        """Run the cleanup."""
        if await self._step():
            if isinstance(self._steps, AsyncGenerator):
                await self._steps.aclose()
            elif isinstance(self._steps, Generator):
                self._steps.close()
            raise self._wrong("yielded twice")

    async def _step(self) -> bool:
        """Continue to the next `yield`; return whether there is one."""
        try:
            if isinstance(self._steps, AsyncIterator):
                await anext(self._steps)
            else:
                next(self._steps)
        except (StopIteration, StopAsyncIteration):
            return False
        return True

    def _wrong(self, what: str) -> LifespanError:
        return LifespanError(
            f"the lifespan function {self._name} {what}: it has to `yield` once, "
            "between what sets up and what cleans up"
        )
