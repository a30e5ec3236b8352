"""Rows as target states: whether a row has to be written or deleted; and the one sink of all that is in a table.

Postgres connector, row layer. `reconcile` runs for every declared row.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cocoindex as coco
from cocoindex.connectorkits.row_plan import is_deleted, plan_row, record_of_row
from cocoindex.connectorkits.target import Applied

from ._pool import in_transaction, pool_of
from ._row_encoder import EncodedRow
from ._sql_command import CommandAction, CommandHandler
from ._vector_index import IndexAction, IndexHandler
from ._write_rows import RowAction, TableWriter, write_rows

__all__ = ["RowHandler"]

_log = logging.getLogger(__name__)


class RowHandler:
    """Reconciles the rows of one table; a row's record is the fingerprint of its stored form.

    Args:
        db_key: the name of the context key of the pool.
        writer: of the table.
        table: which table of which server it is, where that is known.
        of_others: whether others made the table, so that rows may be there that they wrote.
    """

    def __init__(
        self, db_key: str, writer: TableWriter, table: tuple[str, ...] | None = None, *, of_others: bool = False
    ) -> None:
        self._writer = writer
        self._table = table
        self._of_others = of_others
        self._sink = contents_sink(db_key, reports=of_others)

    def attachments(self) -> dict[str, coco.TargetHandler[Any, Any]]:
        """The handlers of what else hangs on the table."""
        return {
            "vector_index": IndexHandler(self._writer.name, self._sink),
            "sql_command": CommandHandler(self._writer.name, self._sink),
        }

    def physical_identity(
        self, key: coco.StableKey, context: coco.ContextProvider | None = None, /
    ) -> coco.StableKey | None:
        """Which row of which table of which server it is; None where the server was not asked."""
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
            return coco.TargetReconcileOutput(RowAction(self._writer, key, None), self._sink, coco.NON_EXISTENCE)
        fingerprint, data = desired_target_state
        if not prev_possible_records and not self._of_others:  # as most are in a first update
            return coco.TargetReconcileOutput(RowAction(self._writer, key, data), self._sink, fingerprint)
        plan = plan_row(fingerprint, prev_possible_records, prev_may_be_missing, of_others=self._of_others)
        if plan is None:
            return None
        action = RowAction(self._writer, key, data, fingerprint if plan.asks else None)
        return coco.TargetReconcileOutput(action, self._sink, plan.record)


@dataclass(frozen=True)
class ContentsSink:
    """Writes rows of any tables of one database, and sets up what hangs on these tables."""

    db_key: str

    async def __call__(
        self, context: coco.ContextProvider, actions: Sequence[RowAction | IndexAction | CommandAction]
    ) -> dict[int, Applied[bytes]] | None:
        """Apply all actions: what is removed first, then the rows, in one transaction, then what is set up.

        An index is then built from the rows that come with it, by which ivfflat finds its lists.

        Returns:
            What was found out of rows that ask whether they were there before.
        """
        pool = pool_of(context, self.db_key)
        rows = {at: action for at, action in enumerate(actions) if isinstance(action, RowAction)}
        others = [action for action in actions if not isinstance(action, RowAction)]
        for action in others:
            if _removes(action):
                await action.apply(pool)
        were_there: set[int] = set()
        if rows:
            tables = ", ".join(sorted({str(action.writer.name) for action in rows.values()}))
            were_there = await in_transaction(
                pool, f"writing rows of {tables}", lambda connection: write_rows(connection, rows)
            )
        for action in others:
            if not _removes(action):
                await action.apply(pool)
        _tell([rows[at] for at in sorted(were_there)])
        found = {
            at: Applied(record_of_row(action.asks, was_there=at in were_there))
            for at, action in rows.items()
            if action.asks is not None
        }
        return found or None


def _tell(were_there: Sequence[RowAction]) -> None:
    for writer in {action.writer for action in were_there if not action.writer.has_told}:
        writer.has_told = True
        first = next(action for action in were_there if action.writer is writer)
        _log.warning(
            "rows of the table %s were there before they were declared, such as %s: they hold what is declared, and "
            "stay when they are no longer declared. If they are to be the app's, delete them and run the update with "
            "full_reprocess=True",
            writer.name,
            writer.name_of(first.key),
        )


@cache
def contents_sink(db_key: str, *, reports: bool) -> coco.TargetActionSink[Any]:
    """The sink of all tables of the database that we made, or that others did: so their rows come together."""
    return coco.TargetActionSink.from_async_fn(ContentsSink(db_key), reports=reports)


def _removes(action: IndexAction | CommandAction) -> bool:
    return action.record is None if isinstance(action, IndexAction) else action.setup is None
