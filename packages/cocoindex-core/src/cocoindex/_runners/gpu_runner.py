"""`coco.GPU`: runs functions one after the other on each GPU, in this process or in a subprocess.

Layer: _runners.
"""

from __future__ import annotations

import contextvars
import inspect
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cocoindex._shown import shown

from .._function.gpu_allocation import Allocation, held, holding
from .._function.outcome import in_thread, named
from .._function.runner import Runner
from .._runtime.underway import current_underway
from ..errors import GPUProcessError, SettingsError
from .gpu_pool import check_fraction
from .gpu_share import acquire_gpus

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .._runtime.daemon_threads import DaemonExecutor
    from .remote_call import RemoteCall
    from .worker_pool import WorkerPool

VARIABLE: Final = "COCOINDEX_RUN_GPU_IN_SUBPROCESS"
_MAX_THREADS: Final = 256


_lock: Final = threading.Lock()
_processes: Final[dict[int, WorkerPool]] = {}
_threads: DaemonExecutor | None = None


class GPURunner(Runner):
    """Runs each function while it holds a GPU, or a fraction of one, from the pool.

    Sync functions run in threads of their own. With `COCOINDEX_RUN_GPU_IN_SUBPROCESS=1`, functions run in one
    subprocess per GPU, one at a time; function, arguments and result are pickled. A call made inside another call
    uses the GPU of the outer one.

    Args:
        fraction: share of a GPU that a call takes; with 0.5, two calls run on one GPU at the same time.

    Raises:
        GPUPoolError: (a ValueError) `fraction` is not in (0, 1].
        GPUPoolTypeError: (a TypeError) `fraction` is not a number.
    """

    def __init__(self, fraction: float = 1.0) -> None:
        self._fraction = float(check_fraction(fraction))

    def __call__(self, fraction: float = 1.0) -> GPURunner:
        """Return a runner whose calls take this share of a GPU."""
        return GPURunner(fraction)

    def __repr__(self) -> str:
        return f"GPURunner(fraction={self._fraction:g})"

    async def execute(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Any:
        """Run `fn` when a GPU is free; see `Runner.execute`.

        Raises:
            DeadlineExceededError: (a TimeoutError) no GPU was free before the deadline.
            GPUProcessError: (a RuntimeError) the subprocess died; the next call gets a new one.
            CallPickleError: (a TypeError) function, arguments or result cannot be pickled.
        """
        if held() is not None:
            return await fn(*args, **kwargs) if inspect.iscoroutinefunction(fn) else await in_thread(fn, args, kwargs)
        in_subprocess = _in_subprocess()
        share = await acquire_gpus(self._fraction, fn, deadline)
        allocation = share.allocation
        assert allocation is not None

        def release(_: object = None) -> None:
            share.release()

        if inspect.iscoroutinefunction(fn) and not in_subprocess:
            return await _on_the_loop(fn, args, kwargs, allocation, release)
        if in_subprocess:
            return await _in_process(_call(fn, args, kwargs, allocation, deadline), allocation.gpus[0], release)
        try:
            job = _start_in_thread(fn, args, kwargs, allocation)
        except BaseException:
            release()
            raise
        job.add_done_callback(release)  # also if nobody waits any more: until then the GPU is in use
        import asyncio

        try:
            return await asyncio.wrap_future(job)
        finally:
            del job  # which has what is raised, and that this frame


async def _on_the_loop(
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    allocation: Allocation,
    release: Callable[[], None],
) -> Any:
    try:
        with holding(allocation):
            return await fn(*args, **kwargs)
    finally:
        release()


def _start_in_thread(
    fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], allocation: Allocation
) -> Future[Any]:
    with holding(allocation):
        context = contextvars.copy_context()
    return _gpu_threads().start(lambda: context.run(fn, *args, **kwargs), current_underway(), named(fn))


def _call(
    fn: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    allocation: Allocation,
    deadline: float | None,
) -> RemoteCall:
    from .remote_call import RemoteCall

    return RemoteCall(
        fn,
        args,
        kwargs,
        deadline=deadline,
        place="the GPU subprocess",
        advice=f"pass something that can be, or unset {VARIABLE}",
        error=GPUProcessError,
        gpus=allocation.gpus,
        fraction=allocation.fraction,
    )


async def _in_process(call: RemoteCall, gpu: int, release: Callable[[], None]) -> Any:
    import asyncio

    job = _process_of(gpu).submit(call)
    job.reply.add_done_callback(lambda _: release())  # also if nobody waits any more: until then it is in use
    try:
        return call.result(await asyncio.wrap_future(job.reply))
    finally:
        del job  # which has what is raised, and that this frame


def _gpu_threads() -> DaemonExecutor:
    global _threads
    with _lock:
        if _threads is None:
            from .._runtime.daemon_threads import DaemonExecutor

            _threads = DaemonExecutor(_MAX_THREADS, "cocoindex-gpu")
        return _threads


def _process_of(gpu: int) -> WorkerPool:
    from .worker_pool import WorkerPool
    from .worker_process import WorkerProcess

    with _lock:
        pool = _processes.get(gpu)
        if pool is None:
            name = f"the subprocess of GPU {gpu}"
            pool = _processes[gpu] = WorkerPool(1, lambda _: WorkerProcess(name, died=GPUProcessError))
        return pool


def _in_subprocess() -> bool:
    value = os.environ.get(VARIABLE, "").strip().lower()
    if value in ("", "0", "false", "no", "off"):
        return False
    if value in ("1", "true", "yes", "on"):
        return True
    raise SettingsError(f"the environment variable {VARIABLE} is {shown(value)}; set it to 1, or to 0 for this process")


GPU: Final = GPURunner()
