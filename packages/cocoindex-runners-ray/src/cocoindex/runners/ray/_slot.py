"""Calls, the tasks that carry them, and where tasks go."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class Job:
    """One call.

    Attributes:
        message: what is sent, and sent again where the worker died.
        reply: what `RemoteCall.answered` waits for; done when nothing of the call runs any more.
        task: what carries it now.
        tries: how often its worker died.
        goes_alone: whether it shares no task with others, as it may be what ends workers.
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
        """Give the caller what came back."""
        self.message = b""
        if self.reply.set_running_or_notify_cancel():
            self.reply.set_result(reply)

    def fail(self, error: Exception) -> None:
        """Tell the caller that there is no result."""
        self.message = b""
        if self.reply.set_running_or_notify_cancel():
            self.reply.set_exception(error)


class Task:
    """Calls that were sent together.

    Attributes:
        reference: Ray's, to the answers.
        is_given_time: whether it is ended soon, as somebody waits no more for one of its calls.
        is_stopped: whether it is ended, so that its failure says nothing of its worker.
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
    """Where tasks go: the cluster as a whole, or one actor. What changes it is called under the lock of its lane.

    Attributes:
        busy: how many tasks it has.
        is_ready: whether it takes tasks.
        failure: why it never will, where that is known.
        retries: how often the lane sends a call again whose worker died.
        says_when_stopped: whether `stop` returns when nothing of a task runs any more; else its reference says so.
        changed: called, in any thread and without the lock, when it became ready or failed.
    """

    says_when_stopped = False

    def __init__(self, retries: int) -> None:
        self.busy = 0
        self.is_ready = False
        self.failure: BaseException | None = None
        self.retries = retries
        self.changed: Callable[[], None] = lambda: None

    def start(self) -> None:  # noqa: B027  # most have nothing to do
        """Have a worker made where it needs one, once `changed` is set. It is called without the lock."""

    @abstractmethod
    def capacity(self) -> int:
        """How many tasks it takes at once."""

    @abstractmethod
    def send(self, messages: list[bytes]) -> Any:
        """Submit calls; returns a reference to the answers."""

    @abstractmethod
    def stop(self, reference: Any) -> None:
        """End what a reference stands for. It is called without the lock, as it blocks."""

    def lost(self) -> None:  # noqa: B027  # most have nothing to do
        """Take no task until there is another worker, as this one has died or is ended."""

    def close(self, *, is_gone: bool = False) -> None:  # noqa: B027
        """End what it started, unless the cluster is gone. It is called without the lock, as it blocks."""
