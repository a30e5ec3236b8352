"""Which components must run again, whatever their own run finds out. Layer: _engine.

A component may have to run again because of something that happens elsewhere while it runs, such as a target state that
becomes its own. Clearing the memo in its record is not enough, as its own run is about to write one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from .stored_record import forget_memo

if TYPE_CHECKING:
    from .batch import Batch


class Rerun:
    """Asked by every writer of a memo.

    Attributes:
        wanted: whether something was marked.
    """

    __slots__ = ("_fresh", "_records")

    def __init__(self) -> None:
        self._records: set[bytes] = set()
        self._fresh: list[Collection[bytes]] = []

    @property
    def wanted(self) -> bool:
        return bool(self._records)

    def allows_memo(self, record_key: bytes) -> bool:
        """Whether the component whose record lies there may be skipped by the next update."""
        return record_key not in self._records

    def mark(self, batch: Batch, record_key: bytes) -> None:
        """Have a component and all its ancestors run in the next update."""
        marked = forget_memo(batch, record_key)
        self._records.update(marked)
        self._fresh.append(marked)

    def take(self) -> list[Collection[bytes]]:
        """What was marked since the last time: each with its ancestors, the component itself first."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def begun(self, record_key: bytes) -> None:
        """A component begins to run, in an update that goes on: what its run finds out counts."""
        self._records.discard(record_key)

    def forget(self) -> None:
        """A new run of everything begins."""
        self._records.clear()
        self._fresh.clear()
