"""`GPUPool`: the free GPUs and parts of GPUs, and the callers that wait for one. Layer: _runners."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from cocoindex._numbers import is_whole
from cocoindex._shown import shown

from ..errors import GPUPoolError, GPUPoolTypeError

if TYPE_CHECKING:
    import asyncio

# Fractions are sums of floats: three thirds are one.
_TOLERANCE: Final = 1e-9


_MOST = 65_536


class GPUPool:
    """Hands out GPUs by number, from 0; waiting calls are served in order.

    Safe to use from several event loops and threads at once.

    Args:
        num_gpus: the number of GPUs.

    Raises:
        GPUPoolError: (a ValueError) `num_gpus` is less than 1 or more than 65536.
        GPUPoolTypeError: (a TypeError) it is not a whole number.
    """

    def __init__(self, num_gpus: int) -> None:
        check_whole("num_gpus", num_gpus)
        if not 1 <= num_gpus <= _MOST:
            raise GPUPoolError(f"num_gpus is {shown(num_gpus)}; it must be at least 1, and at most {_MOST}")
        self._free = [1.0] * num_gpus
        self._lock = threading.Lock()
        self._waiting: deque[_Waiter] = deque()

    @staticmethod
    def default() -> GPUPool:
        """A pool of the GPUs that this process sees: from `CUDA_VISIBLE_DEVICES`, else `nvidia-smi`, else one GPU."""
        return GPUPool(_count_gpus())

    @property
    def num_gpus(self) -> int:
        """The number of GPUs."""
        return len(self._free)

    async def acquire(self, fraction: float) -> int:
        """Wait for a share of a GPU; return the GPU's number. The fullest GPU with enough room is taken.

        Args:
            fraction: the share, above 0 and up to 1.

        Raises:
            GPUPoolError: (a ValueError) `fraction` is out of range.
            GPUPoolTypeError: (a TypeError) it is not a number.
        """
        return (await self._acquire(check_fraction(fraction), 1))[0]

    async def acquire_full(self, gpu_count: int) -> list[int]:
        """Wait until `gpu_count` GPUs are entirely free; return their numbers.

        Raises:
            GPUPoolError: (a ValueError) `gpu_count` is less than 1, or more than the pool has.
            GPUPoolTypeError: (a TypeError) it is not a whole number.
        """
        check_whole("gpu_count", gpu_count)
        if not 0 < gpu_count <= self.num_gpus:
            raise GPUPoolError(f"gpu_count is {shown(gpu_count)}; this pool has {self.num_gpus} GPUs")
        return await self._acquire(1.0, gpu_count)

    def release(self, gpu_id: int, fraction: float) -> None:
        """Release what `acquire` or `acquire_full` returned (1.0 of each GPU).

        Raises:
            GPUPoolError: (a ValueError) there is no such GPU, or a smaller share of it was taken.
            GPUPoolTypeError: (a TypeError) an argument is not a number.
        """
        check_whole("gpu_id", gpu_id)
        with self._lock:
            if not 0 <= gpu_id < self.num_gpus:
                raise GPUPoolError(f"there is no GPU {shown(gpu_id)} to be released; this pool has {self.num_gpus}")
            if self._free[gpu_id] + check_fraction(fraction) > 1 + _TOLERANCE:
                taken = 1 - self._free[gpu_id]
                raise GPUPoolError(f"{fraction} of GPU {gpu_id} is released, of which {taken:g} was acquired")
            self._free[gpu_id] = min(1.0, self._free[gpu_id] + fraction)
            self._serve()

    async def _acquire(self, fraction: float, count: int) -> list[int]:
        import asyncio

        waiter = _Waiter(asyncio.get_running_loop(), fraction, count)
        with self._lock:
            self._waiting.append(waiter)
            self._serve()
        try:
            await waiter.future
        except asyncio.CancelledError:
            self._forget(waiter)
            raise
        return waiter.granted

    def _serve(self) -> None:
        """Serve the first in the queue as long as there is room."""
        while self._waiting:
            waiter = self._waiting[0]
            found = self._find(waiter.fraction, waiter.count)
            if not found:
                return
            self._waiting.popleft()
            for gpu in found:
                self._free[gpu] -= waiter.fraction
            waiter.granted = found
            if not waiter.wake():
                self._take_back(waiter)

    def _find(self, fraction: float, count: int) -> list[int]:
        fitting = [gpu for gpu, free in enumerate(self._free) if free + _TOLERANCE >= fraction]
        fitting.sort(key=self._free.__getitem__)
        return sorted(fitting[:count]) if len(fitting) >= count else []

    def _forget(self, waiter: _Waiter) -> None:
        """Remove a waiter that stopped waiting, perhaps just when it was served."""
        with self._lock:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:
                self._take_back(waiter)
            self._serve()

    def _take_back(self, waiter: _Waiter) -> None:
        for gpu in waiter.granted:
            self._free[gpu] = min(1.0, self._free[gpu] + waiter.fraction)
        waiter.granted = []


class _Waiter:
    """A waiter for `count` GPUs, `fraction` of each."""

    __slots__ = ("_loop", "count", "fraction", "future", "granted")

    def __init__(self, loop: asyncio.AbstractEventLoop, fraction: float, count: int) -> None:
        self._loop = loop
        self.fraction = fraction
        self.count = count
        self.granted: list[int] = []
        self.future: asyncio.Future[None] = loop.create_future()

    def wake(self) -> bool:
        """Wake its loop; return False if the loop is closed."""
        try:
            self._loop.call_soon_threadsafe(self._resolve)
        except RuntimeError:
            return False
        return True

    def _resolve(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


_current: GPUPool | None = None
_current_lock: Final = threading.Lock()


def current_pool() -> GPUPool:
    """Return the pool that `coco.GPU` uses."""
    global _current
    with _current_lock:
        if _current is None:
            _current = GPUPool.default()
        return _current


def configure_gpu_pool(num_gpus: int) -> None:
    """Set the number of GPUs that `coco.GPU` uses, instead of the number it detects.

    Call it before the first function with a GPU runner; running calls keep their GPUs of the former pool.

    Raises:
        GPUPoolError, GPUPoolTypeError: as for `GPUPool`.
    """
    global _current
    pool = GPUPool(num_gpus)
    with _current_lock:
        _current = pool


def check_whole(what: str, value: object) -> None:
    """Raise if `value`, which was passed as `what`, is not a whole number."""
    if not is_whole(value):
        raise GPUPoolTypeError(f"{what} is a whole number, not {shown(value)}")


def check_fraction(fraction: float) -> float:
    """Return `fraction` if it is a valid part of a GPU."""
    if not isinstance(fraction, int | float) or isinstance(fraction, bool):
        raise GPUPoolTypeError(f"the fraction of a GPU is a number, not {shown(fraction)}")
    if not 0 < fraction <= 1:
        raise GPUPoolError(f"the fraction of a GPU must be in (0, 1.0], got {fraction}")
    return fraction


def _count_gpus() -> int:
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "").strip()
    if visible:
        return len(visible.split(","))
    import subprocess

    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 1
    return max(1, sum(line.startswith("GPU ") for line in listed.splitlines()))
