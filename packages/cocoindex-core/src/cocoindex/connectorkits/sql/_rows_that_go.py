"""Tells the sink of tables which rows of a removed table are ours.

Layer: connectorkits. A table is removed only together with all of its rows; rows of others are never removed with it.
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
        """Of the action on its table: a preview tells of that alone."""
        return True


class RowsThatGo:
    """Tells the sink of a table that goes which rows of it are ours.

    Args:
        db_key: the name of the context key of the database.
        table: what identifies the table in the database.
        sink: that of the table.
    """

    def __init__(self, db_key: str, table: tuple[str, ...], sink: TargetActionSink[Any]) -> None:
        self._db_key = db_key
        self._table = table
        self._sink = sink

    def reconcile(
        self, key: StableKey, desired: object, prev: Collection[bytes], may_be_missing: bool, /
    ) -> TargetReconcileOutput[RowOfTable, bytes]:
        """The row goes with its table."""
        return TargetReconcileOutput(RowOfTable(self._db_key, self._table, key), self._sink, NON_EXISTENCE)
