"""What kinds of live ranges differ in: live maps, and live components. Layer: _live."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from .basis import Basis

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._keys import StablePath
    from .failed_keys import StoredCalls


class LoopKind(ABC):
    """See `Loop`.

    Attributes:
        anchor: what its children are children of.
        prefix: how the paths of its children begin, below those of the anchor.
    """

    anchor: Anchor
    prefix: bytes = b""

    @abstractmethod
    async def _once(self) -> None:
        """Run the loop of the user once, with something of its own to call."""

    @abstractmethod
    def _stop_calls(self) -> None:
        """What that loop had to call ends with it."""

    @abstractmethod
    def _ready(self) -> None:
        """Tell what mounted it that it is ready, or has failed before."""

    @abstractmethod
    async def _fail(self, error: BaseException) -> None:
        """It fails for good before it is ready."""

    @abstractmethod
    async def _rescan(self) -> None:
        """List the source once more."""

    def _may_run_again(self) -> bool:
        """Whether another run of the loop may go better."""
        return True

    @property
    @abstractmethod
    def below(self) -> bytes:
        """How the record keys of its children begin."""

    @abstractmethod
    def run_again(self) -> bool:
        """List its source anew, soon; False where it has none that can be listed."""

    async def _quiet(self) -> None:  # noqa: B027  # not every kind has something
        """Wait for what runs besides the children."""

    def _path(self) -> StablePath:
        """Where the children are."""
        return self.anchor.stable_path

    # What it stores of its source

    def _has_stored(self) -> bool:
        """Whether it has stored something of its source, or may."""
        return False

    def _basis(self) -> Basis:
        """What the stored state rests on."""
        return Basis(self.anchor, self.prefix, None, None)

    def _stored_calls(self) -> StoredCalls | None:
        """How its failed calls are stored, where they can be."""
        return None
