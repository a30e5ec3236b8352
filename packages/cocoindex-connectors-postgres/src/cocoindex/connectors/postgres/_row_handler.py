"""Rows as target states: whether a row has to be written or deleted; and the one sink of all that is in a table.

Postgres connector, row layer. `reconcile` runs for every declared row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cocoindex as coco

from ._pool import in_transaction, pool_of
from ._row_encoder import EncodedRow
from ._sql_command import CommandAction, CommandHandler
from ._vector_index import IndexAction, IndexHandler
from ._write_rows import RowAction, TableWriter, write_rows

__all__ = ["RowHandler"]


class RowHandler:
    """Reconciles the rows of one table; a row's record is the fingerprint of its stored form.

    Args:
        db_key: the name of the context key of the pool.
        writer: of the table.
        table: which table of which server it is, where that is known.
    """

    def __init__(self, db_key: str, writer: TableWriter, table: tuple[str, ...] | None = None) -> None:
        self._writer = writer
        self._table = table
        self._sink = contents_sink(db_key)

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
            if not prev_possible_records and not prev_may_be_missing:
                return None
            return coco.TargetReconcileOutput(RowAction(self._writer, key, None), self._sink, coco.NON_EXISTENCE)
        fingerprint, data = desired_target_state
        is_known = bool(prev_possible_records) and not prev_may_be_missing
        if is_known and all(record == fingerprint for record in prev_possible_records):
            return None
        return coco.TargetReconcileOutput(RowAction(self._writer, key, data), self._sink, fingerprint)


@dataclass(frozen=True)
class ContentsSink:
    """Writes rows of any tables of one database, and sets up what hangs on these tables."""

    db_key: str

    async def __call__(
        self, context: coco.ContextProvider, actions: Sequence[RowAction | IndexAction | CommandAction]
    ) -> None:
        """Apply all actions: what is removed first, then the rows, in one transaction, then what is set up.

        An index is then built from the rows that come with it, by which ivfflat finds its lists.
        """
        pool = pool_of(context, self.db_key)
        rows = [action for action in actions if isinstance(action, RowAction)]
        others = [action for action in actions if not isinstance(action, RowAction)]
        for action in others:
            if _removes(action):
                await action.apply(pool)
        if rows:
            tables = ", ".join(sorted({str(action.writer.name) for action in rows}))
            await in_transaction(pool, f"writing rows of {tables}", lambda connection: write_rows(connection, rows))
        for action in others:
            if not _removes(action):
                await action.apply(pool)


@cache
def contents_sink(db_key: str) -> coco.TargetActionSink[Any]:
    """The sink of all tables of the database: one for all, so that their rows come together."""
    return coco.TargetActionSink.from_async_fn(ContentsSink(db_key))


def _removes(action: IndexAction | CommandAction) -> bool:
    return action.record is None if isinstance(action, IndexAction) else action.setup is None
