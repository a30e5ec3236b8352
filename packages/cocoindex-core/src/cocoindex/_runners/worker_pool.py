"""A pool of worker processes that take calls from one queue. Layer: _runners."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from .._runtime.forked import in_forked_child, leave_to_parent
from .._runtime.job_queue import JobQueue

if TYPE_CHECKING:
    from .remote_call import RemoteCall
    from .worker_process import WorkerProcess


class Job:
    """One call in the pool.

    Attributes:
        reply: the bytes for `RemoteCall.result`, or the exception if there is no reply.
    """

    __slots__ = ("_call", "_lock", "_worker", "reply")

    def __init__(self, call: RemoteCall) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self.reply: Future[bytes] = Future()

    def cancel(self) -> None:
        """Prevent its begin, or end the worker that runs it."""
        with self._lock:
            if not self.reply.cancel() and self._worker is not None:
                self._worker.kill()

    def run(self, worker: WorkerProcess) -> None:
        """Let `worker` answer it; called in a thread of the pool."""
        with self._lock:
            if not self.reply.set_running_or_notify_cancel():
                return
            worker.begin()
            self._worker = worker
        reply, failure = b"", None
        try:
            reply = worker.answer(self._call)
        except BaseException as error:
            failure = error
        with self._lock:  # from here on, the worker is not ended for this call
            self._worker = None
        if failure is None:
            self.reply.set_result(reply)
        else:
            self.reply.set_exception(failure)
        del failure, self  # the exception's frames refer to this frame


class WorkerPool:
    """Up to `size` workers, each started on demand, with a thread that waits for its replies.

    Args:
        size: the maximum number of workers.
        make: creates the worker with a number, from 0.
    """

    def __init__(self, size: int, make: Callable[[int], WorkerProcess]) -> None:
        self._size = size
        self._make = make
        self._reset()
        in_forked_child(self, WorkerPool._begin_anew)

    def submit(self, call: RemoteCall) -> Job:
        """Queue a call for the next free worker. Its arguments are pickled when the worker takes it."""
        job = Job(call)
        with self._guard:
            self._jobs.put(job, self._start)
        return job

    def _start(self, number: int) -> None:
        threading.Thread(target=_serve, args=(self._jobs, self._make(number)), name=_NAME, daemon=True).start()

    def close(self) -> None:
        """Let the workers end after the queued calls; the next call starts new ones."""
        with self._guard:
            self._jobs.close()
            self._reset()

    def _reset(self) -> None:
        self._jobs: JobQueue[Job] = JobQueue(self._size)
        if not hasattr(self, "_guard"):
            self._guard = threading.Lock()

    def _begin_anew(self) -> None:
        """Reset in a forked child: the workers belong to the parent."""
        leave_to_parent(self._jobs)
        self._guard = threading.Lock()
        self._reset()


_NAME: Final = "cocoindex-worker"


def _serve(jobs: JobQueue[Job], worker: WorkerProcess) -> None:
    while (job := jobs.take()) is not None:
        job.run(worker)
        del job
        jobs.done()
    worker.close()
