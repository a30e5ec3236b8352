"""Rows as target states: whether a row has to be written or deleted.

SQLite connector, row layer. `reconcile` runs for every declared row.
"""

from __future__ import annotations

from collections.abc import Collection

import cocoindex as coco
from cocoindex.connectorkits.row_plan import is_deleted, plan_row

from ._row_encoder import EncodedRow
from ._row_key import values_of
from ._write_rows import RowAction, TableWriter, row_sink

__all__ = ["RowHandler"]


class RowHandler:
    """Reconciles the rows of one table; a row's record is the fingerprint of its stored form.

    Args:
        db_key: the name of the context key of the connection.
        writer: of the table.
        table: which table of which file it is, where that is known.
        of_others: whether others made the table, so that rows may be there that they wrote.
    """

    def __init__(
        self, db_key: str, writer: TableWriter, table: tuple[str, ...] | None = None, *, of_others: bool = False
    ) -> None:
        self._writer = writer
        self._table = table
        self._of_others = of_others
        self._sink = row_sink(db_key, reports=of_others)

    def physical_identity(
        self, key: coco.StableKey, context: coco.ContextProvider | None = None, /
    ) -> coco.StableKey | None:
        """Which row of which table of which file it is; None where that is not known."""
        return None if self._table is None else (*self._table, key)

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: EncodedRow | coco.NonExistenceType,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[RowAction, bytes] | None:
        """An upsert of a row that changed or may be missing, a delete of one that is no longer declared."""
        if coco.is_non_existence(desired_target_state):
            if not is_deleted(prev_possible_records, prev_may_be_missing, of_others=self._of_others):
                return None
            delete = RowAction(self._writer, values_of(key, self._writer.key_columns), None)
            return coco.TargetReconcileOutput(delete, self._sink, coco.NON_EXISTENCE)
        fingerprint, values = desired_target_state
        if not prev_possible_records and not self._of_others:  # as most are in a first update
            return coco.TargetReconcileOutput(RowAction(self._writer, (), values), self._sink, fingerprint)
        plan = plan_row(fingerprint, prev_possible_records, prev_may_be_missing, of_others=self._of_others)
        if plan is None:
            return None
        action = RowAction(self._writer, (), values, fingerprint if plan.asks else None)
        return coco.TargetReconcileOutput(action, self._sink, plan.record)
