"""Runners: where the body of a function runs. Layer: _function."""

from __future__ import annotations

import contextvars
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

P = ParamSpec("P")
R = TypeVar("R")


class Runner(ABC):
    """Runs functions somewhere: it gets a function and its arguments and gives back the result or the exception."""

    @abstractmethod
    async def run(self, fn: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run an async function."""

    @abstractmethod
    async def run_sync_fn(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a sync function without blocking the loop."""


class GPURunner(Runner):
    """Runs one function at a time; sync ones in a thread of their own."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._locks: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}

    async def run(self, fn: Callable[P, Coroutine[Any, Any, R]], *args: P.args, **kwargs: P.kwargs) -> R:
        async with self._lock():
            return await fn(*args, **kwargs)

    async def run_sync_fn(self, fn: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        import asyncio

        if self._executor is None:
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, thread_name_prefix="cocoindex-gpu")
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        async with self._lock():
            return await loop.run_in_executor(self._executor, lambda: context.run(fn, *args, **kwargs))

    def _lock(self) -> asyncio.Lock:
        import asyncio

        loop = asyncio.get_running_loop()
        for old in [lp for lp in self._locks if lp.is_closed()]:
            del self._locks[old]
        return self._locks.setdefault(loop, asyncio.Lock())


GPU = GPURunner()
