"""`ProcessRunner`: runs functions in a number of processes on this machine. Layer: _runners."""

from __future__ import annotations

import inspect
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cocoindex._shown import shown

from .._function.gpu_allocation import Allocation, held
from .._function.outcome import in_thread
from .._function.runner import Runner
from .._runtime.context import ContextProvider
from .._runtime.deadline import check_deadline
from ..errors import RunnerError, WorkerDiedError
from .inside_a_worker import inside_a_worker
from .worker_pool import WorkerPool

if TYPE_CHECKING:
    from .remote_call import RemoteCall
    from .worker_process import WorkerProcess

_PLACE: Final = "a worker process"


class ProcessRunner(Runner):
    """Runs functions in worker processes, as many at once, each one call at a time.

    Workers start on the first calls, keep what they loaded, and end with the environment that used them, or with the
    program. Function, arguments, result and exceptions are pickled; the function is found by its module and
    name. Marked functions called there are tracked as if they were called here.

    A function with `resources={"gpus": 1}` waits for a GPU of the pool that `coco.GPU` uses, and has it while it runs.

    If the caller is cancelled, or its time limit passes, the worker is ended, too. If a worker dies, its call fails.

    Args:
        workers: number of processes; None means the number of processors.
        initializer: called once in each worker with a `coco.ContextProvider`, to provide the values that
            `coco.use_context` returns there; sync or async. It must be defined at the top level of a module.
        retries: how often a call is retried after its worker died; only for functions that may run twice.

    Raises:
        RunnerError: (a TypeError) an argument has the wrong type.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        initializer: Callable[[ContextProvider], Any] | None = None,
        retries: int = 0,
    ) -> None:
        count = (os.cpu_count() or 1) if workers is None else workers
        _check(count, initializer, retries)
        self._retries = retries
        self._users = 0
        self._guard = threading.Lock()
        self._pool = WorkerPool(count, partial(_made, initializer))
        self.batches_in_flight = count
        weakref.finalize(self, self._pool.close).atexit = False  # at its end, the program ends its workers itself

    def __repr__(self) -> str:
        return f"ProcessRunner({self.batches_in_flight})"

    def start(self) -> None:
        """Count one more environment that uses it."""
        with self._guard:
            self._users += 1

    def stop(self) -> None:
        """Count an environment that has ended; with the last one, the workers end."""
        with self._guard:
            self._users -= 1
            if self._users == 0:
                self._pool.close()

    async def execute(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Any:
        """Run `fn` in the next free worker; see `Runner.execute`.

        Raises:
            WorkerDiedError: (a RuntimeError) the worker died and no retry is left; the next call gets a new worker.
            RemoteCallError: (a RuntimeError) the function cannot run in a worker.
            GPUPoolError: (a ValueError) `fn` asks for more GPUs than there are.
            CallPickleError: (a TypeError) the function, the arguments or the result cannot be pickled.
            DeadlineExceededError: (a TimeoutError) there was no result before the deadline; the worker is ended.
        """
        if inside_a_worker():
            return await fn(*args, **kwargs) if inspect.iscoroutinefunction(fn) else await in_thread(fn, args, kwargs)
        from .remote_call import RemoteCall

        needed = getattr(fn, "resources", {}).get("gpus", 0)
        if not needed and held() is None:
            return await self._run(RemoteCall(fn, args, kwargs, deadline=deadline, place=_PLACE))
        from .gpu_share import acquire_gpus

        share = await acquire_gpus(needed, fn, deadline)
        has = share.allocation or Allocation((), 1.0)
        try:
            return await self._run(
                RemoteCall(fn, args, kwargs, deadline=deadline, place=_PLACE, gpus=has.gpus, fraction=has.fraction)
            )
        finally:  # nothing of the call is running any more
            share.release()

    async def _run(self, call: RemoteCall) -> Any:
        for left in range(self._retries, -1, -1):
            check_deadline(call.deadline, f"the call of {call.name}")
            job = self._pool.submit(call)
            try:
                return await call.answered(job.reply, job.cancel)
            except WorkerDiedError:
                if left == 0:
                    raise
            finally:
                del job  # which has what is raised, and that this frame
        raise AssertionError("unreachable")


def _made(initializer: Callable[[ContextProvider], Any] | None, number: int) -> WorkerProcess:
    from .worker_process import WorkerProcess

    return WorkerProcess(f"worker process {number}", initializer)


def _check(workers: Any, initializer: Any, retries: Any) -> None:
    for what, value, least in (("workers", workers, 1), ("retries", retries, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise RunnerError(f"{what} of a ProcessRunner is a whole number from {least}, not {shown(value)}")
    if initializer is not None and not callable(initializer):
        raise RunnerError(f"initializer of a ProcessRunner is a function, not {shown(initializer)}")
