"""Which components must run again, whatever their own run finds. Layer: _engine.

A component may have to run again because of an event elsewhere while it runs, such as a target state that becomes its
own. Clearing the memo in its record is not enough, because its own run is about to write one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .batch import Batch


class Rerun:
    """The marked components; every writer of a memo asks this."""

    __slots__ = ("_fresh", "_records")

    def __init__(self) -> None:
        self._records: set[bytes] = set()
        self._fresh: list[Collection[bytes]] = []

    def allows_memo(self, record_key: bytes) -> bool:
        """Return whether the next update may skip the component with this record."""
        return record_key not in self._records

    def mark(self, batch: Batch, record_key: bytes) -> None:
        """Make a component and all its ancestors run in the next update."""
        from .stored_record import forget_memo  # few updates need it

        marked = forget_memo(batch, record_key)
        self._records.update(marked)
        self._fresh.append(marked)

    def take(self) -> list[Collection[bytes]]:
        """Return what was marked since the last call: each component with its ancestors, the component first."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def begun(self, record_key: bytes) -> None:
        """Clear the mark of a component that begins to run in a live update."""
        self._records.discard(record_key)

    def forget(self) -> None:
        """Clear all marks at the begin of a complete run."""
        self._records.clear()
        self._fresh.clear()
