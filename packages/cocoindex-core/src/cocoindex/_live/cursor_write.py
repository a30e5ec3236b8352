"""The write of due cursors: with the units of children, or alone. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .._engine.component import Component
from .._engine.memo_mark import MemoMark
from .._engine.removal import Removal
from .._engine.unit import StoreWrite

if TYPE_CHECKING:
    from .._engine.batch import Batch
    from .._engine.unit import Unit


class CursorWrite(StoreWrite):
    """Writes due cursors if no other transaction did.

    Args:
        record_key: a key that no other unit uses.
        write: writes what is due.
        written: called when this is durable.
    """

    __slots__ = ("_write", "_written")

    def __init__(
        self, record_key: bytes, write: Callable[[Batch, list[Unit]], None], written: Callable[[], None]
    ) -> None:
        super().__init__(record_key)
        self._write = write
        self._written = written

    def commit(self, batch: Batch) -> None:
        self._write(batch, [])

    def finish(self, error: BaseException | None) -> None:
        self._written()  # if it failed, the update ends


def completes(unit: Unit) -> bool:
    """Return whether the work of a child is durable with this unit, and nothing more of it follows."""
    if isinstance(unit, Component):
        return not (unit.sweeps or unit.outcome.broken)
    if isinstance(unit, Removal):
        return unit.parent is None and unit.plan is not None and not unit.plan.uncertain
    return isinstance(unit, MemoMark)
