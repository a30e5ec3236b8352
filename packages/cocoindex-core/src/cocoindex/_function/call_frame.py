"""Frames of calls: they know where they lie, so that a callback's logic finds those between it and its owner.

Layer: _function.
"""

from __future__ import annotations

from .._runtime.scope import Frame


class CallFrame(Frame):
    """What one call collects.

    Attributes:
        outer: the frame in which the call was made.
        entry: what is memoized of the call, where the body collects in another frame than that.
        closed: whether the call that owns the frame has returned.
    """

    __slots__ = ("closed", "entry", "outer")

    def __init__(self, outer: Frame, entry: Frame | None = None) -> None:
        super().__init__()
        self.outer = outer
        self.entry = entry
        self.closed = False

    @classmethod
    def below(cls, outer: Frame) -> CallFrame:
        """A frame of a call that is memoized with the one around it: they share states and calls."""
        frame = cls(outer)
        frame.states, frame.calls = outer.states, outer.calls
        return frame
