"""Frames of calls: they know the frames around them, so that inner events can be passed outwards.

Layer: _function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .._runtime.scope import Frame

if TYPE_CHECKING:
    from .in_flight import Flight


class CallFrame(Frame):
    """What one call collects.

    Attributes:
        outer: the frame in which the call was made.
        entry: the frame whose content is memoized, if the body collects in another one.
        flight: the memoized call of this frame; None for a call that is not memoized.
        closed: whether the call that owns the frame has returned.
    """

    __slots__ = ("closed", "entry", "flight", "outer")

    def __init__(
        self, outer: Frame, states: list[bytes] | None, calls: set[bytes] | None, entry: Frame | None = None
    ) -> None:
        Frame.__init__(self, states, calls)  # not by super(), for speed: each memoized call creates a frame
        self.outer = outer
        self.entry = entry
        self.flight: Flight | None = None
        self.closed = False

    def repeats(self, state_id: bytes) -> bool:
        flights = (getattr(frame, "flight", None) for frame in outward(self))
        return any(flight is not None and flight.repeats(state_id) for flight in flights)

    @classmethod
    def below(cls, outer: Frame) -> CallFrame:
        """Return a frame for a call that is memoized together with the outer one: they share states and calls."""
        return cls(outer, outer.states, outer.calls)


def outward(frame: Frame) -> Iterator[Frame]:
    """Yield this frame and the frames around it, within its component."""
    at: Frame | None = frame
    while at is not None:
        yield at
        at = getattr(at, "outer", None)
