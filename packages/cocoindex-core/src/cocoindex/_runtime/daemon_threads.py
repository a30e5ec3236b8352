"""Threads for blocking calls that do not keep the process alive at its end. Layer: _runtime.

The threads of anyio and of a loop's default executor do not work here: the interpreter and `asyncio.run` wait for them,
so that a hanging sink would block the end of the process after a second Ctrl-C.
"""

from __future__ import annotations

import contextvars
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar

from ..errors import LeakedStopIterationError
from .forked import in_forked_child
from .interruption import raised_in_a_thread
from .job_queue import JobQueue
from .underway import Underway, What, current_underway

P = ParamSpec("P")
R = TypeVar("R")

_Job = tuple["Future[Any]", Callable[[], Any], "Underway | None", What]


class DaemonExecutor(ThreadPoolExecutor):
    """Up to `most` threads, started on demand; the interpreter does not wait for them at its end.

    Args:
        most: the maximum number of threads; 0 means as many as a loop's default executor has.
        name: the name of the threads.
    """

    def __init__(self, most: int = 0, name: str = "cocoindex-blocking") -> None:
        self._most = most or min(32, (os.cpu_count() or 1) + 4)
        super().__init__(self._most)
        self._name = name
        self.reset()
        in_forked_child(self, DaemonExecutor.reset)

    def reset(self) -> None:
        """Reset to no threads, because a forked child has none."""
        self._jobs: JobQueue[_Job] = JobQueue(self._most)
        self._guard = threading.Lock()
        self._closed = False

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call `fn` in some thread.

        Raises:
            RuntimeError: it was shut down.
        """
        return self.start(lambda: fn(*args, **kwargs), None, "")

    def start(self, call: Callable[[], R], underway: Underway | None, what: What) -> Future[R]:
        """Run `call` in some thread; from its begin to its return it counts in `underway` as `what`.

        Raises:
            RuntimeError: it was shut down, or the system cannot start a thread.
        """
        future: Future[R] = Future()
        with self._guard:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            try:
                self._jobs.put((future, call, underway, what), self._start_thread)
            except RuntimeError:  # the system has no more threads: a job reported as failed must not run later
                if future.cancel():
                    raise
        return future

    def _start_thread(self, _number: int) -> None:
        threading.Thread(target=self._serve, name=self._name, daemon=True).start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end after their jobs, without waiting for them."""
        with self._guard:
            if not self._closed:
                self._closed = True
                self._jobs.close()

    def _serve(self) -> None:
        jobs = self._jobs
        while (job := jobs.take()) is not None:
            _run(*job)
            del job
            jobs.done()


def _run(future: Future[Any], call: Callable[[], Any], underway: Underway | None, what: What) -> None:
    # Before the check for a cancellation: the canceller sees a job that has begun.
    counted = None if underway is None else underway.begin(what)
    result: Any = None
    error: BaseException | None = None
    try:
        if not future.set_running_or_notify_cancel():
            return
        result = call()
    except StopIteration as exc:
        error = leaked(exc)
    except BaseException as exc:
        error = exc
    finally:
        if underway is not None:
            underway.end(counted)
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
    del future, result, error  # the exception's frames refer to this frame


def leaked(stop: StopIteration) -> LeakedStopIterationError:
    """Return the error for a StopIteration that left a function in a thread: a future cannot carry it."""
    error = LeakedStopIterationError(
        "the function raised StopIteration, which ends iterators and generators only: a bare next() found nothing "
        "left; write next(iterator, default), or catch it"
    )
    error.__cause__ = stop
    return error


_functions = DaemonExecutor()
# As many as are called concurrently: sinks (one for each kind of target), and functions that another one waits for.
_unbounded = DaemonExecutor(1 << 30, "cocoindex-unbounded")
_inside: ContextVar[bool] = ContextVar("cocoindex_inside_a_thread", default=False)


async def in_thread(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], what: What) -> Any:
    """Call a user function in a thread with this context; after a cancellation the thread continues.

    Args:
        what: the name to log while an update waits for the thread.

    Raises:
        LeakedStopIterationError: (a RuntimeError) the function raised StopIteration.
    """
    return await _awaited(_unbounded if _inside.get() else _functions, fn, args, kwargs, what)


async def in_sink_thread(fn: Callable[..., Any], args: tuple[Any, ...], what: What) -> Any:
    """Do the same as `in_thread`, but never wait for a free thread: blocking functions may have all of them."""
    return await _awaited(_unbounded, fn, args, {}, what)


async def _awaited(
    executor: DaemonExecutor, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], what: What
) -> Any:
    import asyncio

    context = contextvars.copy_context()
    context.run(_inside.set, True)

    def call() -> tuple[Any, BaseException | None]:
        # As a value: a future cannot carry a StopIteration, and counts as cancelled with a CancelledError.
        try:
            return context.run(fn, *args, **kwargs), None
        except StopIteration as exc:
            return None, leaked(exc)
        except BaseException as exc:
            raised_in_a_thread(exc)
            return None, exc

    result, error = await asyncio.wrap_future(executor.start(call, current_underway(), what))
    if error is None:
        return result
    try:
        raise error
    finally:
        del error  # which refers to this frame now
