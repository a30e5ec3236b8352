"""What a live range needs of others: who runs its keys, when what fails is tried again, who stores it. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Protocol, TypeAlias


class Done(Protocol):
    """Is told, once and on the loop, that a job has ended."""

    def __call__(
        self,
        error: BaseException | None = None,
        *,
        propagated: BaseException | None = None,
        in_sink: bool = False,
    ) -> None:
        """The job is durable, or failed with `error` and was told.

        Args:
            propagated: what left the outermost exception handler.
            in_sink: whether a sink failed, rather than the body.
        """
        ...


class Port(Protocol):
    """What runs and removes keys: the engine."""

    def run(self, key: bytes, work: Any, done: Done) -> None:
        """Begin to run `work` at `key`."""
        ...

    def remove(self, key: bytes, done: Done) -> None:
        """Begin to remove `key`, with all below it; there may be nothing to remove."""
        ...


Retry: TypeAlias = "Callable[[int, bool], float | None]"
"""In how many seconds a job is tried again that has failed so often, this time in a sink or not; None gives it up."""


class Keeper(Protocol):
    """Stores calls that have failed, so that a later update makes them again and cursors may pass them."""

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        """A call has failed, and no newer one waits; whether it is going to be stored.

        If so, `LiveRange.kept` tells when it is.
        """
        ...

    def applied(self, key: bytes) -> None:
        """What a key has failed with does not count any more."""
        ...

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None:
        """Nor does what any key that begins with `part` failed with before the call with this number, but for these."""
        ...
