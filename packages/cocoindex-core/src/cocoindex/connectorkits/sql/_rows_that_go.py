"""Passes the keys of this app's rows to the sink when their table is removed.

Layer: connectorkits. A table is removed only if all its rows are this app's; rows of others are never removed with it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from ..._target.handler import TargetReconcileOutput
from ..._values import NON_EXISTENCE

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._target.sink import TargetActionSink

__all__ = ["RowOfTable", "RowsThatGo"]


class RowOfTable(NamedTuple):
    """A row of this app in a table to be removed."""

    db_key: str
    table: tuple[str, ...]
    key: StableKey

    @property
    def is_part_of_another(self) -> bool:
        """Always True: a preview shows only the action on the table."""
        return True


class RowsThatGo:
    """Handles the rows of a table that is removed: passes the keys of this app's rows to the table's sink.

    Args:
        db_key: the name of the database's context key.
        table: identifies the table in the database.
        sink: the sink of the table.
    """

    def __init__(self, db_key: str, table: tuple[str, ...], sink: TargetActionSink[Any]) -> None:
        self._db_key = db_key
        self._table = table
        self._sink = sink

    def reconcile(
        self, key: StableKey, desired: object, prev: Collection[bytes], may_be_missing: bool, /
    ) -> TargetReconcileOutput[RowOfTable, bytes]:
        """Return the removal of a row together with its table."""
        return TargetReconcileOutput(RowOfTable(self._db_key, self._table, key), self._sink, NON_EXISTENCE)
