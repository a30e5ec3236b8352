"""Tables as target states: decides on the action for a table that is declared, or no longer declared.

Layer: connectorkits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Generic, cast

from ..._target.handler import TargetReconcileOutput
from ..._values import NON_EXISTENCE, NonExistenceType, is_non_existence
from ...errors import CocoIndexError
from ..table_plan import TableMode, is_ours
from ..target import ManagedBy
from ._blocking import action_sink
from ._plan_table import TableState, plan_table
from ._rows_that_go import RowsThatGo
from ._shape_table import TableAction, TableSink
from ._type_variables import ActualT, NameT, RecordT

if TYPE_CHECKING:
    from ..._keys import StableKey
    from ..._runtime.context import ContextProvider
    from ._dialect import Dialect

__all__ = ["TableHandler"]


class TableHandler(Generic[NameT, RecordT, ActualT]):
    """Reconciles tables. Every run gives an action for each table; it changes nothing if the table is as it should be.

    Args:
        dialect: the description of the database.
    """

    removes_children_first = True

    def __init__(self, dialect: Dialect[Any, Any, NameT, RecordT, ActualT]) -> None:
        self._dialect = dialect
        self.tracking_record_type = dialect.record_type
        self._tables = TableSink(dialect)
        self._sink = action_sink(
            self._tables.apply, blocking=dialect.blocking, child_handler=self._handler_of_rows, reports=True
        )

    def removal_handler(self, action: TableAction[NameT, RecordT]) -> RowsThatGo | None:
        """Return the handler that passes this app's rows to the sink, if the action drops or recreates the table."""
        if action.mode not in ("drop", "rebuild"):
            return None
        return RowsThatGo(action.db_key, self._dialect.key_of_table(action.name), self._sink)

    def reconcile(
        self,
        key: StableKey,
        desired_target_state: TableState[NameT, RecordT, ActualT] | NonExistenceType,
        prev_possible_records: Collection[RecordT],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[TableAction[NameT, RecordT], RecordT, Any]:
        """Return the action on a table, from its declaration, its stored records and its inspected state."""
        db_key, *table = cast("tuple[str, ...]", key)
        if is_non_existence(desired_target_state):
            name = self._dialect.table_of_key(tuple(table))
            mode: TableMode = "drop" if is_ours(prev_possible_records) else "leave"
            prev = (*prev_possible_records,)
            action = TableAction(db_key, name, None, mode, prev, False, prev_may_be_missing, (), [])
            return TargetReconcileOutput(action, self._sink, NON_EXISTENCE)
        state = self._as_known(desired_target_state, prev_possible_records)
        may_be_missing = prev_may_be_missing or not prev_possible_records
        plan = plan_table(self._dialect, state, prev_possible_records, may_be_missing)
        action = TableAction(
            db_key,
            state.name,
            plan.record,
            plan.mode,
            plan.made_as,
            state.adopt,
            may_be_missing,
            plan.drops,
            [],
        )
        return TargetReconcileOutput(action, self._sink, plan.record, plan.invalidation)

    def _as_known(
        self, state: TableState[NameT, RecordT, ActualT], prev: Collection[RecordT]
    ) -> TableState[NameT, RecordT, ActualT]:
        """Return the state without its inspection if this process created or altered the table after it.

        Such an inspection is outdated: the plan would take the new table for a foreign one.
        """
        made = self._tables.made
        if state.was_seen and any(made.get(old.mark, 0) > state.seen_at for old in prev):
            return dataclasses.replace(state, was_seen=False, seen=None)
        return state

    def physical_identity(self, key: StableKey, context: ContextProvider | None = None, /) -> StableKey | None:
        """Return what identifies the table; the same if two context keys refer to one database.

        None if nothing is provided under the context key, or the database has no known identity.
        """
        db_key, *table = cast("tuple[str, ...]", key)
        return None if context is None else self._identity(context, db_key, tuple(table))

    def _handler_of_rows(self, context: ContextProvider, action: TableAction[NameT, RecordT]) -> Any:
        assert action.record is not None  # the rows of a dropped table are not handled
        table = self._identity(context, action.db_key, self._dialect.key_of_table(action.name))
        of_others = action.record.managed_by == ManagedBy.USER
        record = action.settled[-1] if action.settled else action.record
        if action.adopt and action.mode == "make":  # others may have created it; then it does not have our mark
            record = dataclasses.replace(record, mark="")
        return self._dialect.row_handler(action.db_key, action.name, record, table, of_others=of_others)

    def _identity(self, context: ContextProvider, db_key: str, table: tuple[str, ...]) -> tuple[str, ...] | None:
        dialect = self._dialect
        try:
            database = dialect.identity(dialect.database_of(context, db_key))
        except CocoIndexError:  # nothing is provided under the key
            return None
        return None if database is None else (dialect.name, database, *table)
