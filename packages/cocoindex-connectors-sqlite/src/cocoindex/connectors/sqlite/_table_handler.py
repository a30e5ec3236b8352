"""Tables as target states: what to do about a declared table, and about one that no longer is.

SQLite connector, table layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

import cocoindex as coco
from cocoindex.connectorkits.table_plan import TableMode, is_ours
from cocoindex.connectorkits.target import ManagedBy
from cocoindex.errors import CocoIndexError

from ._connection import ManagedConnection
from ._database_identity import database_identity
from ._identifier import folded
from ._plan_table import TableState, plan_table
from ._row_handler import RowHandler
from ._rows_that_go import RowsThatGo
from ._shape_table import TableAction, apply_tables
from ._table_record import TableRecord
from ._write_rows import TableWriter

__all__ = ["TableHandler", "table_key"]


def table_key(db_key: str, name: str) -> tuple[str, str]:
    """What identifies a table: a name that differs in case only is the same one to SQLite."""
    return db_key, folded(name)


def _row_handler(context: coco.ContextProvider, action: TableAction) -> RowHandler:
    assert action.record is not None  # a table that is dropped has no children to handle
    table = _identity(context, action.db_key, action.name)
    of_others = action.record.managed_by == ManagedBy.USER
    return RowHandler(action.db_key, TableWriter(action.name, action.record), table, of_others=of_others)


def _identity(context: coco.ContextProvider, db_key: str, name: str) -> tuple[str, ...] | None:
    try:
        connection = context.get(db_key, ManagedConnection)
    except CocoIndexError:  # nothing is provided under the key any more
        return None
    return "sqlite", database_identity(connection), folded(name)


class TableHandler:
    """Reconciles tables. It gives an action in every run, which changes nothing where the table is as it should be."""

    removes_children_first = True
    _sink = coco.TargetActionSink.from_fn(apply_tables, child_handler=_row_handler)

    def removal_handler(self, action: TableAction) -> RowsThatGo | None:
        """What tells the sink of a table that goes, or is made anew, which of its rows are ours."""
        return RowsThatGo(*table_key(action.db_key, action.name), self._sink) if action.takes_rows else None

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: TableState | coco.NonExistenceType,
        prev_possible_records: Collection[TableRecord],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[TableAction, TableRecord, RowHandler] | None:
        """Compare what was declared with what is remembered, and with what was seen when it was declared."""
        db_key, name = cast("tuple[str, str]", key)
        if coco.is_non_existence(desired_target_state):
            return self._remove(db_key, name, prev_possible_records, prev_may_be_missing)
        state = desired_target_state
        may_be_missing = prev_may_be_missing or not prev_possible_records
        plan = plan_table(state, prev_possible_records, may_be_missing)
        action = TableAction(
            db_key,
            state.name,
            plan.record,
            plan.mode,
            plan.made_as,
            plan.takes_over,
            state.adopt,
            may_be_missing,
            plan.drops,
        )
        return coco.TargetReconcileOutput(action, self._sink, plan.record, plan.invalidation)

    def physical_identity(
        self, key: coco.StableKey, context: coco.ContextProvider | None = None, /
    ) -> coco.StableKey | None:
        """Which table of which file a key leads to, so that two keys of one database are known to be; None where
        nothing is provided under the key."""
        db_key, name = cast("tuple[str, str]", key)
        return None if context is None else _identity(context, db_key, name)

    def _remove(
        self, db_key: str, name: str, prev: Collection[TableRecord], may_be_missing: bool
    ) -> coco.TargetReconcileOutput[TableAction, TableRecord, RowHandler]:
        mode: TableMode = "drop" if is_ours(prev) else "leave"
        action = TableAction(db_key, name, None, mode, tuple(prev), False, False, may_be_missing, drops=())
        return coco.TargetReconcileOutput(action, self._sink, coco.NON_EXISTENCE)
