"""The interface by which the kinds of live ranges (live maps, live components) differ. Layer: _live."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from .basis import Basis

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._keys import StablePath
    from .failed_keys import StoredCalls


class LoopKind(ABC):
    """The base of `Loop`: the methods that each kind of live range implements.

    Attributes:
        anchor: the parent of its children.
        prefix: the prefix of its children's paths below the anchor.
    """

    anchor: Anchor
    prefix: bytes = b""

    @abstractmethod
    async def _once(self) -> None:
        """Run the user's loop once, with an operator or subscriber of its own."""

    @abstractmethod
    def _stop_calls(self) -> None:
        """Close the operator or subscriber of that run."""

    @abstractmethod
    def _ready(self) -> None:
        """Report to the mounting component that it is ready, or failed before that."""

    @abstractmethod
    async def _fail(self, error: BaseException) -> None:
        """Fail for good before it is ready."""

    @abstractmethod
    async def _rescan(self) -> None:
        """List the source again."""

    def _may_run_again(self) -> bool:
        """Return whether another run of the loop may succeed."""
        return True

    @property
    @abstractmethod
    def below(self) -> bytes:
        """Return the prefix of its children's record keys."""

    @abstractmethod
    def run_again(self) -> bool:
        """List its source again soon; return False if it has no source that can be listed."""

    async def _quiet(self) -> None:  # noqa: B027  # not every kind has something
        """Wait for everything that runs besides the children."""

    def _path(self) -> StablePath:
        """Return the path of the children."""
        return self.anchor.stable_path

    # The stored state of its source

    def _has_stored(self) -> bool:
        """Return whether it has stored state of its source, or may."""
        return False

    def _basis(self) -> Basis:
        """Return the basis of the stored state."""
        return Basis(self.anchor, self.prefix, None, None)

    def _stored_calls(self) -> StoredCalls | None:
        """Return how its failed calls are stored; None if they cannot be."""
        return None
