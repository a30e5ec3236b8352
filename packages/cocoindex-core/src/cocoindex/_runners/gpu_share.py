"""The GPUs that a call holds while it runs: acquire and release them. Layer: _runners."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .._function.gpu_allocation import Allocation, held
from ..errors import DeadlineExceededError, GPUPoolError
from .gpu_pool import GPUPool, current_pool

_T = TypeVar("_T")


class GPUShare:
    """The GPUs of one call; none if it needs none, or is made inside a call that holds some.

    Attributes:
        allocation: the GPUs of the call.
    """

    def __init__(self, pool: GPUPool | None, allocation: Allocation | None) -> None:
        self._pool = pool
        self.allocation = allocation

    def release(self) -> None:
        """Release the GPUs."""
        if self._pool is not None and self.allocation is not None:
            for gpu in self.allocation.gpus:
                self._pool.release(gpu, self.allocation.fraction)


async def acquire_gpus(amount: float, fn: Callable[..., Any], deadline: float | None) -> GPUShare:
    """Wait for this many GPUs: a part of one, or whole ones.

    Raises:
        GPUPoolError: (a ValueError) the amount is neither, or larger than the pool.
        DeadlineExceededError: (a TimeoutError) they were not free before the deadline.
    """
    outer = held()
    if outer is not None or amount == 0:
        return GPUShare(None, outer)
    pool = current_pool()
    if amount < 1:
        gpu = await _in_time(pool.acquire(amount), fn, deadline)
        return GPUShare(pool, Allocation((gpu,), amount))
    if amount != int(amount):
        name = getattr(fn, "__qualname__", fn)
        raise GPUPoolError(f"{name} asks for {amount:g} GPUs; it can have a part of one, or whole ones")
    gpus = await _in_time(pool.acquire_full(int(amount)), fn, deadline)
    return GPUShare(pool, Allocation(tuple(gpus), 1.0))


async def _in_time(waiting: Coroutine[Any, Any, _T], fn: Callable[..., Any], deadline: float | None) -> _T:
    if deadline is None:
        return await waiting
    import asyncio

    try:
        return await asyncio.wait_for(waiting, deadline - time.monotonic())
    except TimeoutError:
        name = getattr(fn, "__qualname__", fn)
        raise DeadlineExceededError(f"no GPU was free for {name} before the deadline of the call") from None
