"""Frames of calls: they know where they lie, so that what happens inside can be told to those around it.

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
        entry: what is memoized of the call, where the body collects in another frame than that.
        flight: the memoized call whose frame it is; None for a call that is not memoized.
        closed: whether the call that owns the frame has returned.
    """

    __slots__ = ("closed", "entry", "flight", "outer")

    def __init__(
        self, outer: Frame, states: list[bytes] | None, calls: set[bytes] | None, entry: Frame | None = None
    ) -> None:
        Frame.__init__(self, states, calls)  # not by super(), which costs as much: each memoized call makes a frame
        self.outer = outer
        self.entry = entry
        self.flight: Flight | None = None
        self.closed = False

    @classmethod
    def below(cls, outer: Frame) -> CallFrame:
        """A frame of a call that is memoized with the one around it: they share states and calls."""
        return cls(outer, outer.states, outer.calls)


def outward(frame: Frame) -> Iterator[Frame]:
    """The frame and those around it, within its component."""
    at: Frame | None = frame
    while at is not None:
        yield at
        at = getattr(at, "outer", None)
