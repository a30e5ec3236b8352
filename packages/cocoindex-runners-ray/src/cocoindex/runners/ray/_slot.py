"""Calls, the tasks that contain them, and the slots that run tasks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class Job:
    """One call.

    Attributes:
        message: the pickled call, kept for retries.
        name: the name of the function.
        reply: the future that `RemoteCall.answered` waits for; done when nothing of the call runs any more.
        task: the task that contains it now.
        tries: how often its worker died.
        goes_alone: whether it must not share a task, because it may be the call that ends workers.
        is_cancelled: whether nobody waits for it any more.
    """

    __slots__ = ("goes_alone", "is_cancelled", "message", "name", "reply", "task", "tries")

    def __init__(self, message: bytes, name: str) -> None:
        self.message = message
        self.name = name
        self.reply: Future[bytes] = Future()
        self.task: Task | None = None
        self.tries = 0
        self.goes_alone = False
        self.is_cancelled = False

    def answer(self, reply: bytes) -> None:
        """Pass the reply to the caller."""
        self.message = b""
        if self.reply.set_running_or_notify_cancel():
            self.reply.set_result(reply)

    def fail(self, error: Exception) -> None:
        """Pass the error to the caller."""
        self.message = b""
        if self.reply.set_running_or_notify_cancel():
            self.reply.set_exception(error)


class Task:
    """Calls that were sent together.

    Attributes:
        slot: the slot that runs it.
        jobs: the calls.
        reference: Ray's reference to the answers.
        has_ended: whether its result or failure is processed.
        is_given_time: whether it will be stopped soon, because one of its calls was cancelled.
        is_stopped: whether it was stopped, so that its failure does not mean that the worker died.
    """

    __slots__ = ("has_ended", "is_given_time", "is_stopped", "jobs", "reference", "slot")

    def __init__(self, slot: Slot, jobs: list[Job]) -> None:
        self.slot = slot
        self.jobs = jobs
        self.reference: Any = None
        self.has_ended = False
        self.is_given_time = False
        self.is_stopped = False


class Slot(ABC):
    """A place that runs tasks: the whole cluster, or one actor. Methods that change it need the lock of its lane.

    Attributes:
        busy: the number of its current tasks.
        is_ready: whether it takes tasks.
        failure: why it will never take tasks; None unless it has failed.
        retries: how often the lane retries a call after its worker died.
        says_when_stopped: whether `stop` returns only when nothing of a task runs any more; otherwise the task's
            reference is done then.
        changed: called, in any thread and without the lock, when the slot becomes ready or fails.
    """

    says_when_stopped = False

    def __init__(self, retries: int) -> None:
        self.busy = 0
        self.is_ready = False
        self.failure: BaseException | None = None
        self.retries = retries
        self.changed: Callable[[], None] = lambda: None

    def start(self) -> None:  # noqa: B027  # most have nothing to do
        """Create a worker if the slot needs one; called without the lock, after `changed` is set."""

    @abstractmethod
    def capacity(self) -> int:
        """Return the maximum number of concurrent tasks."""

    @abstractmethod
    def send(self, messages: list[bytes]) -> Any:
        """Submit calls as a task; return Ray's reference to the answers."""

    @abstractmethod
    def stop(self, reference: Any) -> None:
        """Stop the task of a reference; called without the lock, because it blocks."""

    def lost(self) -> None:  # noqa: B027  # most have nothing to do
        """Note that the worker died or is being stopped; take no tasks until there is another one."""

    def close(self, *, is_gone: bool = False) -> None:  # noqa: B027
        """End the workers that it started, unless the cluster is gone; called without the lock, because it blocks."""
