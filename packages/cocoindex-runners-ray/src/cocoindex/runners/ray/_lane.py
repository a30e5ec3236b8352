"""The calls that need the same resources: those that wait, and those that were sent to the cluster.

Only as many calls are sent as keep the workers busy, so that waiting calls can still be cancelled here. Several short
calls go in one task.

Ray reports results in a thread that its blocking functions need, too. So these must not be called while the lock is
held.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, NamedTuple, Protocol

from ._slot import Job, Slot, Task
from ._worker import Answers
from .errors import RayCallError, RayClusterError

_TASK_SECONDS: Final = 0.02
_MOST_IN_A_TASK: Final = 32
_SECONDS_TO_END: Final = 1.0


class Explain(Protocol):
    """Converts an exception of Ray to the exception of a call."""

    def __call__(self, error: BaseException, name: str, deaths: int = 0) -> Exception: ...


class Look(NamedTuple):
    """The progress of a lane that is not idle.

    Attributes:
        name: the name of a function with a waiting or running call.
        seconds: the time since the last answer, the last change of an actor, or the end of the idle state.
        answered: the number of answered tasks.
        ready: the number of slots that take tasks.
    """

    name: str
    seconds: float
    answered: int
    ready: int


class Lane:
    """The calls that need the same resources.

    Args:
        slots: where tasks are sent.
        explain: creates the exception of a call without a result.
        has_died: says whether an exception of Ray means that the worker has died, so that the call may be retried.
        share_tasks: whether calls may share a task; then a call that ends its worker makes the others run again.
        begins: called, under the lock, when a call is submitted and nobody watches the lane.
        closes: called when the lane is closed.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        explain: Explain,
        has_died: Callable[[BaseException], bool],
        *,
        share_tasks: bool = True,
        begins: Callable[[Lane], None] = lambda _: None,
        closes: Callable[[Lane], None] = lambda _: None,
    ) -> None:
        self.slots = slots
        self._explain = explain
        self._has_died = has_died
        self._most = _MOST_IN_A_TASK if share_tasks else 1
        self._begins = begins
        self._closes = closes
        self._lock = threading.RLock()
        self._waiting: deque[Job] = deque()
        self._tasks: set[Task] = set()
        self._seconds: dict[str, float] = {}
        self._answered = 0
        self._quiet_since = time.monotonic()
        self._is_watched = False
        self._is_dispatching = False
        self._closed_by: BaseException | None = None
        for slot in slots:
            slot.changed = self._slot_changed

    def submit(self, message: bytes, name: str) -> Job:
        """Queue a call of the function `name`."""
        job = Job(message, name)
        with self._lock:
            closed_by = self._closed_by
            if closed_by is None:
                self._waiting.append(job)
                if not self._is_watched:
                    self._is_watched = True
                    self._quiet_since = time.monotonic()
                    self._begins(self)
                self._dispatch()
        if closed_by is not None:
            job.fail(self._explain(closed_by, name))
        return job

    def cancel(self, job: Job) -> None:
        """Cancel a waiting call, or stop a running one; if it shares its task with others, only after one second.

        This may block, because Ray does.
        """
        with self._lock:
            job.is_cancelled = True
            task = job.task
            if task is None:
                job.reply.cancel()  # the queue skips it
                return
            if any(not each.is_cancelled for each in task.jobs):
                if not task.is_given_time:
                    task.is_given_time = True
                    timer = threading.Timer(_SECONDS_TO_END, self._stop, [task])
                    timer.daemon = True
                    timer.start()
                return
        self._stop(task)

    def close(self, error: BaseException) -> None:
        """Refuse further calls because of `error`; waiting calls and calls on the cluster fail with it.

        This blocks, because Ray does.
        """
        with self._lock:
            if self._closed_by is not None:
                return
            self._closed_by = error
            waiting, tasks = [*self._waiting], [*self._tasks]
            self._waiting.clear()
        self._closes(self)
        for job in waiting:
            job.fail(self._explain(error, job.name))
        is_gone = isinstance(error, RayClusterError)
        for task in tasks:
            if not is_gone:  # without a cluster nothing runs any more, and Ray would wait for it
                self._stop(task)
            self._fail(task, error)
        for slot in self.slots:
            slot.close(is_gone=is_gone)

    def look(self) -> Look | None:
        """Return the progress of the lane; None if it is idle, and then it counts as no longer watched."""
        with self._lock:
            names = [job.name for job in self._waiting if not job.is_cancelled][:1]
            names += [task.jobs[0].name for task in self._tasks][:1]
            if not names:
                self._is_watched = False
                return None
            ready = sum(slot.is_ready for slot in self.slots)
            return Look(names[0], time.monotonic() - self._quiet_since, self._answered, ready)

    def most_together(self, name: str) -> int:
        """Return how many calls of the function `name` should share a task; 1 while their duration is unknown."""
        seconds = self._seconds.get(name)
        return 1 if seconds is None else max(1, min(self._most, int(_TASK_SECONDS / max(seconds, 1e-6))))

    def _slot_changed(self) -> None:
        with self._lock:
            failure = next((slot.failure for slot in self.slots if slot.failure is not None), None)
            if failure is None or any(slot.failure is None for slot in self.slots):
                self._quiet_since = time.monotonic()
                self._dispatch()
                return
        threading.Thread(target=self.close, args=[failure], name="cocoindex-ray-close", daemon=True).start()

    def _dispatch(self) -> None:
        if self._is_dispatching:  # called from the loop below, because a task could not be sent
            return
        self._is_dispatching = True
        try:
            while (job := self._next()) is not None:
                places = [(slot.capacity() - slot.busy, slot) for slot in self.slots if slot.is_ready]
                free = sum(place for place, _ in places if place > 0)
                if free == 0:
                    return
                self._send(max(places, key=_free)[1], self._take(job, free))
        finally:
            self._is_dispatching = False

    def _next(self) -> Job | None:
        """Return the first call that is not cancelled; it stays in the queue."""
        while self._waiting and self._waiting[0].is_cancelled:
            self._waiting.popleft()
        return self._waiting[0] if self._waiting else None

    def _take(self, first: Job, free: int) -> list[Job]:
        """Take the first call from the queue, with as many calls of the same function as should share its task."""
        taken = [self._waiting.popleft()]
        if first.goes_alone:
            return taken
        most = min(self.most_together(first.name), math.ceil((len(self._waiting) + 1) / free))
        while len(taken) < most and (job := self._next()) and job.name == first.name and not job.goes_alone:
            taken.append(self._waiting.popleft())
        return taken

    def _send(self, slot: Slot, jobs: list[Job]) -> None:
        task = Task(slot, jobs)
        slot.busy += 1
        self._tasks.add(task)
        for job in jobs:
            job.task = task
        try:
            task.reference = slot.send([job.message for job in jobs])
            done: Future[Any] = task.reference.future()
        except BaseException as error:  # the cluster is gone, or a call is too large
            self._fail(task, error)
            return
        done.add_done_callback(lambda future: self._settle(task, future))

    def _stop(self, task: Task) -> None:
        """Stop a task; its calls that are not cancelled are sent again."""
        with self._lock:
            if task.has_ended or task.is_stopped:
                return
            task.is_stopped = True
            task.slot.lost()
        try:
            task.slot.stop(task.reference)
            if task.slot.says_when_stopped:
                self._fail(task, RayCallError("it was ended"))
        except Exception as error:  # the cluster is gone
            self._fail(task, error)

    def _settle(self, task: Task, future: Future[Any]) -> None:
        error = future.exception()
        if error is not None:
            if not (task.is_stopped and task.slot.says_when_stopped):  # else its process may still run
                self._fail(task, error)
            return
        answers = Answers(*future.result())
        if answers.failure:
            self._fail(task, RayCallError(f"a Ray worker could not be prepared: {answers.failure}"))
            return
        name = task.jobs[0].name
        taken = answers.seconds / len(task.jobs)
        with self._lock:
            if not self._end(task):
                return
            self._answered += 1
            self._quiet_since = time.monotonic()
            self._seconds[name] = max(taken, 0.7 * self._seconds.get(name, 0.0))
            self._dispatch()
        for job, reply in zip(task.jobs, answers.replies, strict=True):
            job.answer(reply)

    def _fail(self, task: Task, error: BaseException) -> None:
        """Retry the calls of a task whose worker died; fail all others, and those without retries left."""
        with self._lock:
            if not self._end(task):
                return
            has_died = self._has_died(error)
            if has_died and not task.is_stopped:
                task.slot.lost()
            error = self._closed_by or error
            again = [job for job in task.jobs if self._goes_again(job, task, has_died)]
            for job in reversed(again):
                job.task = None
                job.goes_alone = True
                self._waiting.appendleft(job)
            self._dispatch()
        for job in task.jobs:
            if job not in again:
                job.fail(self._explain(error, job.name, job.tries))

    def _goes_again(self, job: Job, task: Task, has_died: bool) -> bool:
        if job.is_cancelled or self._closed_by is not None:
            return False
        if task.is_stopped:  # because of another call in it
            return True
        job.tries += has_died
        return has_died and (len(task.jobs) > 1 or job.tries <= task.slot.retries)

    def _end(self, task: Task) -> bool:
        """Mark a task as ended; return False if it was already."""
        if task.has_ended:
            return False
        task.has_ended = True
        task.slot.busy -= 1
        self._tasks.discard(task)
        return True


def _free(place: tuple[int, Slot]) -> int:
    return place[0]
