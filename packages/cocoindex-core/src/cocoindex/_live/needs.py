"""The interfaces that a live range needs: to run its keys, to schedule retries, to store failed calls. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Protocol, TypeAlias


class Done(Protocol):
    """Called once, on the loop, when a job has ended."""

    def __call__(
        self,
        error: BaseException | None = None,
        *,
        propagated: BaseException | None = None,
        in_sink: bool = False,
    ) -> None:
        """Receive the end of the job: it is durable, or its failure `error` was reported.

        Args:
            propagated: the exception that left the outermost exception handler.
            in_sink: whether a sink failed, and not the body.
        """
        ...


class Port(Protocol):
    """Runs and removes keys; implemented by the engine."""

    def run(self, key: bytes, work: Any, done: Done) -> None:
        """Start `work` at `key`."""
        ...

    def remove(self, key: bytes, done: Done) -> None:
        """Start to remove `key` and everything below it; there may be nothing to remove."""
        ...


Retry: TypeAlias = "Callable[[int, bool], float | None]"
"""In how many seconds a job is tried again that has failed so often, this time in a sink or not; None gives it up."""


class Keeper(Protocol):
    """Stores failed calls, so that a later update repeats them and cursors can pass them."""

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        """Take a failed call without a newer one waiting; return whether it will be stored.

        If so, `LiveRange.kept` is called when it is.
        """
        ...

    def applied(self, key: bytes) -> None:
        """Drop the earlier failure of a key, which was applied."""
        ...

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None:
        """Drop the failures before this call number of all keys with the prefix `part`, except these."""
        ...
