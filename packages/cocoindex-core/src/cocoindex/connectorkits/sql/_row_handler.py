"""Rows as target states: decides whether a row must be written or deleted.

Layer: connectorkits. `reconcile` runs for every declared row.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..._target.handler import TargetReconcileOutput
from ..._values import NON_EXISTENCE, NonExistenceType, is_non_existence
from ..row_plan import is_deleted, plan_row
from ._contents_sink import contents_sink
from ._row_encoder import EncodedRow
from ._table_writer import RowAction, TableWriter

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._runtime.context import ContextProvider
    from ..._target.handler import TargetHandler

__all__ = ["RowHandler"]


class RowHandler:
    """Reconciles the rows of one table. The record of a row is the fingerprint of its stored form.

    Args:
        db_key: the name of the database's context key.
        writer: the writer of the table's rows.
        table: identifies the table and its database; None if that is unknown.
        of_others: whether others created the table, so that it can contain their rows.
    """

    def __init__(
        self, db_key: str, writer: TableWriter, table: tuple[str, ...] | None = None, *, of_others: bool = False
    ) -> None:
        self._writer = writer
        self._table = table
        self._of_others = of_others
        self._sink = contents_sink(writer.dialect, db_key, reports=of_others)

    def attachments(self) -> dict[str, TargetHandler[Any, Any, Any]]:
        """Return the handlers of the table's attachments by kind."""
        return self._writer.dialect.attachments(self._writer.name, self._sink)

    def physical_identity(self, key: StableKey, context: ContextProvider | None = None, /) -> StableKey | None:
        """Return what identifies the row, its table and its database; None if that is unknown."""
        return None if self._table is None else (*self._table, key)

    def reconcile(
        self,
        key: StableKey,
        desired_target_state: EncodedRow | NonExistenceType,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[RowAction, bytes] | None:
        """Return an upsert if the row changed or may be missing, a delete if it is no longer declared, or None."""
        if is_non_existence(desired_target_state):
            if not is_deleted(prev_possible_records, prev_may_be_missing, of_others=self._of_others):
                return None
            delete = RowAction(self._writer, self._writer.key_values(key), None)
            return TargetReconcileOutput(delete, self._sink, NON_EXISTENCE)
        fingerprint, values = desired_target_state
        if not prev_possible_records and not self._of_others:  # a shortcut for the first update
            return TargetReconcileOutput(RowAction(self._writer, key, values), self._sink, fingerprint)
        plan = plan_row(fingerprint, prev_possible_records, prev_may_be_missing, of_others=self._of_others)
        if plan is None:
            return None
        action = RowAction(self._writer, key, values, fingerprint if plan.asks else None)
        return TargetReconcileOutput(action, self._sink, plan.record)
