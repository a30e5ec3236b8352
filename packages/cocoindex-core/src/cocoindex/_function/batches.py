"""The batches of one function: one queue per event loop and group of calls that may share a batch. Layer: _function."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio

    from .batching import Batcher

depth: Final[ContextVar[int]] = ContextVar("cocoindex_batch_depth", default=0)
"""In how many batches the running code is. What the body of a batch calls never waits for that batch."""


_carried: Final[list[ContextVar[Any]]] = []


def carry_into_batches(variable: ContextVar[Any]) -> None:
    """Pass a context variable on to batches; only calls with equal values share a batch."""
    _carried.append(variable)


class Batches:
    """Gathers the calls of one function.

    Args:
        fn: the body of the function.
        run: runs the body with its arguments.
        max_size: the maximum number of items in a batch.
        in_flight: returns how many batches may run at once.
    """

    __slots__ = ("_by_loop", "_in_flight", "_max_size", "_name", "_run", "signature")

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str,
        max_size: int | None,
        in_flight: Callable[[], int],
        run: Callable[..., Any],
    ) -> None:
        from .batch_signature import BatchSignature  # few functions are batched

        self.signature = BatchSignature(fn)
        self._name = name
        self._max_size = max_size
        self._in_flight = in_flight
        self._run = run
        self._by_loop: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, Batcher]] = (
            weakref.WeakKeyDictionary()
        )

    async def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the result for one item."""
        import asyncio

        group, item, of_items = self.signature.split(args, kwargs)
        batchers = self._by_loop.setdefault(asyncio.get_running_loop(), {})
        level = depth.get()
        carried = [variable.get() for variable in _carried]
        key = level, group, *carried
        batcher = batchers.get(key)
        if batcher is None:
            from .batching import Batcher

            async def run(items: list[Any]) -> Any:
                args, kwargs = of_items(items)
                return await self._run(args, kwargs)

            variables = [(depth, level + 1), *zip(_carried, carried, strict=True)]
            batcher = Batcher(
                self._name, run, self._max_size, self._in_flight(), variables, partial(batchers.pop, key, None)
            )
            batchers[key] = batcher
        return await batcher.call(item)
