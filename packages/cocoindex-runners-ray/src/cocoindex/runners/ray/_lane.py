"""Calls that need the same resources: those that wait, and those that are on the cluster.

No more are on the cluster than keep its workers busy, so that what waits is here, where it can be taken back. Where
calls are short, several go in one task.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

from ._worker import Answers
from .errors import RayCallError

_TASK_SECONDS: Final = 0.02
_MOST_IN_A_TASK: Final = 32


class Job:
    """One call.

    Attributes:
        reply: what `RemoteCall.answered` waits for; done when nothing of the call runs any more.
    """

    __slots__ = ("message", "name", "reply", "task")

    def __init__(self, message: bytes, name: str) -> None:
        self.message = message
        self.name = name
        self.reply: Future[bytes] = Future()
        self.task: Task | None = None


class Task:
    """Calls that were sent together."""

    __slots__ = ("has_ended", "jobs", "reference", "slot")

    def __init__(self, slot: Slot, jobs: list[Job]) -> None:
        self.slot = slot
        self.jobs = jobs
        self.reference: Any = None
        self.has_ended = False


class Slot:
    """Where tasks go: the cluster as a whole, or one actor.

    Args:
        send: submits messages, returns a reference to the answers.
        stop: ends what a reference stands for.
        capacity: says how many tasks it takes at once.
    """

    __slots__ = ("busy", "capacity", "send", "stop")

    def __init__(
        self, send: Callable[[list[bytes]], Any], stop: Callable[[Any], None], capacity: Callable[[], int]
    ) -> None:
        self.send = send
        self.stop = stop
        self.capacity = capacity
        self.busy = 0


class Lane:
    """The calls of one kind.

    Args:
        slots: where they go.
        explain: makes the exception of a task that failed, from that of Ray.
    """

    def __init__(self, slots: list[Slot], explain: Callable[[BaseException, str], Exception]) -> None:
        self._slots = slots
        self._explain = explain
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._seconds: dict[str, float] = {}

    def submit(self, message: bytes, name: str) -> Job:
        """Queue a call of the function `name`."""
        job = Job(message, name)
        with self._lock:
            self._waiting.append(job)
            self._dispatch()
        return job

    def cancel(self, job: Job) -> None:
        """Have a call not begin, or end it where it runs alone; one that runs with others ends soon by itself.

        It may block, as Ray takes its time.
        """
        with self._lock:
            task = job.task
            if task is None:
                if job in self._waiting:
                    self._waiting.remove(job)
                job.reply.cancel()
            elif len(task.jobs) == 1 and not task.has_ended:  # else it would end the next one in the same actor
                try:
                    task.slot.stop(task.reference)
                except Exception as error:  # the cluster is gone
                    self._fail(task, error)

    def _dispatch(self) -> None:
        while self._waiting:
            slot = min(self._slots, key=lambda each: each.busy / max(1, each.capacity()))
            free = slot.capacity() - slot.busy
            if free <= 0:
                return
            self._send(slot, self._take(free))

    def _take(self, free: int) -> list[Job]:
        """The first call, with as many of the same function as it pays to send with it."""
        first = self._waiting.popleft()
        seconds = self._seconds.get(first.name)
        if seconds is None:
            return [first]  # not known yet
        most = min(_MOST_IN_A_TASK, int(_TASK_SECONDS / max(seconds, 1e-6)), math.ceil((len(self._waiting) + 1) / free))
        taken = [first]
        while len(taken) < most and self._waiting and self._waiting[0].name == first.name:
            taken.append(self._waiting.popleft())
        return taken

    def _send(self, slot: Slot, jobs: list[Job]) -> None:
        task = Task(slot, jobs)
        slot.busy += 1
        for job in jobs:
            job.task = task
        try:
            task.reference = slot.send([job.message for job in jobs])
            done: Future[Any] = task.reference.future()
        except BaseException as error:  # the cluster is gone, or a call is larger than it takes
            self._fail(task, error)
            return
        for job in jobs:
            job.message = b""
        done.add_done_callback(lambda future: self._settle(task, future))

    def _settle(self, task: Task, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(task, error)
            return
        answers = Answers(*future.result())
        if answers.failure:
            self._fail(task, RayCallError(f"a Ray worker could not be prepared: {answers.failure}"))
            return
        name = task.jobs[0].name
        taken = answers.seconds / len(task.jobs)
        with self._lock:
            self._seconds[name] = max(taken, 0.7 * self._seconds.get(name, 0.0))
        if not self._end(task):
            return
        for job, reply in zip(task.jobs, answers.replies, strict=True):
            if job.reply.set_running_or_notify_cancel():
                job.reply.set_result(reply)

    def _fail(self, task: Task, error: BaseException) -> None:
        if not self._end(task):
            return
        for job in task.jobs:
            if job.reply.set_running_or_notify_cancel():
                job.reply.set_exception(self._explain(error, job.name))

    def _end(self, task: Task) -> bool:
        """Note that a task has ended; False where that is known."""
        with self._lock:
            if task.has_ended:
                return False
            task.has_ended = True
            task.slot.busy -= 1
            self._dispatch()
            return True
