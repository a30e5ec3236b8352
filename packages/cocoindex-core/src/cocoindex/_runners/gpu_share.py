"""What a call holds of the GPUs while it runs: waits for that, and gives it back. Layer: _runners."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .._function.gpu_allocation import Allocation, held
from ..errors import DeadlineExceededError, GPUPoolError
from .gpu_pool import GPUPool, current_pool

_T = TypeVar("_T")


class GPUShare:
    """What one call holds; nothing where it asks for none, or is made inside a call that holds some.

    Attributes:
        allocation: which GPUs the call has.
    """

    def __init__(self, pool: GPUPool | None, allocation: Allocation | None) -> None:
        self._pool = pool
        self.allocation = allocation

    def release(self) -> None:
        """Give it back."""
        if self._pool is not None and self.allocation is not None:
            for gpu in self.allocation.gpus:
                self._pool.release(gpu, self.allocation.fraction)


async def acquire_gpus(amount: float, fn: Callable[..., Any], deadline: float | None) -> GPUShare:
    """Wait for so many GPUs: a part of one, or whole ones.

    Raises:
        GPUPoolError: (a ValueError) the amount is neither, or more than there are.
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
