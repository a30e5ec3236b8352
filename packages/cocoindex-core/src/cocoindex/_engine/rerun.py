"""Which components must run again, whatever their own run finds out. Layer: _engine.

A component may have to run again because of something that happens elsewhere while it runs, such as a target state that
becomes its own. Clearing the memo in its record is not enough, as its own run is about to write one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .stored_record import forget_memo

if TYPE_CHECKING:
    from .batch import Batch


class Rerun:
    """Asked by every writer of a memo.

    Attributes:
        wanted: whether something was marked.
    """

    __slots__ = ("_records",)

    def __init__(self) -> None:
        self._records: set[bytes] = set()

    @property
    def wanted(self) -> bool:
        return bool(self._records)

    def allows_memo(self, record_key: bytes) -> bool:
        """Whether the component whose record lies there may be skipped by the next update."""
        return record_key not in self._records

    def mark(self, batch: Batch, record_key: bytes) -> None:
        """Have a component and all its ancestors run in the next update."""
        self._records.update(forget_memo(batch, record_key))

    def forget(self) -> None:
        """A new run of everything begins."""
        self._records.clear()
