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
    """Reconciles the rows of one table; a row's record is the fingerprint of its stored form.

    Args:
        db_key: the name of the context key of the database.
        writer: of the table.
        table: which table of which database it is, where that is known.
        of_others: whether others made the table, so that rows may be there that they wrote.
    """

    def __init__(
        self, db_key: str, writer: TableWriter, table: tuple[str, ...] | None = None, *, of_others: bool = False
    ) -> None:
        self._writer = writer
        self._table = table
        self._of_others = of_others
        self._sink = contents_sink(writer.dialect, db_key, reports=of_others)

    def attachments(self) -> dict[str, TargetHandler[Any, Any, Any]]:
        """The handlers of what else hangs on the table, by the names of its kinds."""
        return self._writer.dialect.attachments(self._writer.name, self._sink)

    def physical_identity(self, key: StableKey, context: ContextProvider | None = None, /) -> StableKey | None:
        """Which row of which table of which database it is; None where that is not known."""
        return None if self._table is None else (*self._table, key)

    def reconcile(
        self,
        key: StableKey,
        desired_target_state: EncodedRow | NonExistenceType,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[RowAction, bytes] | None:
        """An upsert of a row that changed or may be missing, a delete of one that is no longer declared."""
        if is_non_existence(desired_target_state):
            if not is_deleted(prev_possible_records, prev_may_be_missing, of_others=self._of_others):
                return None
            delete = RowAction(self._writer, self._writer.key_values(key), None)
            return TargetReconcileOutput(delete, self._sink, NON_EXISTENCE)
        fingerprint, values = desired_target_state
        if not prev_possible_records and not self._of_others:  # as most are in a first update
            return TargetReconcileOutput(RowAction(self._writer, key, values), self._sink, fingerprint)
        plan = plan_row(fingerprint, prev_possible_records, prev_may_be_missing, of_others=self._of_others)
        if plan is None:
            return None
        action = RowAction(self._writer, key, values, fingerprint if plan.asks else None)
        return TargetReconcileOutput(action, self._sink, plan.record)
