"""The sink for the contents of a database's tables: rows and attachments.

Layer: connectorkits.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from ..row_plan import record_of_row
from ..target import Applied
from ._blocking import action_sink
from ._explained import transacted
from ._table_writer import RowAction
from ._write_rows import BulkWrite, RowsRefusedError

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider
    from ..._target.sink import TargetActionSink
    from ._dialect import Dialect

__all__ = ["AttachmentAction", "ContentsSink", "contents_sink"]

_log = logging.getLogger(__name__)


class AttachmentAction(Protocol):
    """An action on an attachment of a table."""

    @property
    def removes(self) -> bool:
        """Whether the action only removes; such actions are applied before rows are written."""
        ...

    async def apply(self, db: Any) -> None:
        """Apply the action; `db` is the database that the program provides."""
        ...


@dataclass(frozen=True)
class ContentsSink:
    """Writes the rows of any tables of one database, and applies the actions on these tables' attachments."""

    dialect: Dialect[Any, Any, Any, Any, Any]
    db_key: str

    async def apply(
        self, context: ContextProvider, actions: Sequence[RowAction | AttachmentAction]
    ) -> dict[int, Applied[bytes]] | None:
        """Apply removals of attachments, then all rows in one transaction, then the other attachment actions.

        A new index is therefore built after the rows of the same batch are written.

        Returns:
            For rows with `RowAction.asks`: their records, by position in `actions`. None if there are no such rows.
        """
        db = self.dialect.database_of(context, self.db_key)
        # A comparison of classes: there can be very many rows, and a call for each would be slow.
        rows: dict[int, Any] = {at: action for at, action in enumerate(actions) if action.__class__ is RowAction}
        others: list[Any] = (
            [] if len(rows) == len(actions) else [each for each in actions if type(each) is not RowAction]
        )
        for action in others:
            if action.removes:
                await action.apply(db)
        were_there = await self._write(db, rows) if rows else set()
        for action in others:
            if not action.removes:
                await action.apply(db)
        self._tell(db, [rows[at] for at in sorted(were_there)])
        found = {
            at: Applied(record_of_row(action.asks, was_there=at in were_there))
            for at, action in rows.items()
            if action.asks is not None
        }
        return found or None

    async def _write(self, db: Any, rows: dict[int, RowAction]) -> set[int]:
        bulk = BulkWrite(self.dialect, db, rows)
        while True:
            try:
                return await transacted(self.dialect, db, bulk.what, bulk.apply)
            except RowsRefusedError as refused:
                if not bulk.may_replace(refused):
                    raise await bulk.culprit(refused.table, refused.error) from refused.error

    def _tell(self, db: Any, were_there: Iterable[RowAction]) -> None:
        for action in were_there:
            writer = action.writer
            if not writer.has_told:
                writer.has_told = True
                _log.warning(
                    "rows of %s existed before they were declared, such as %s: they get the declared values, and "
                    "stay when they are no longer declared. If the app should own them, delete them and run the "
                    "update with full_reprocess=True",
                    self.dialect.where(db, writer.name),
                    writer.name_of(action),
                )


@cache
def contents_sink(dialect: Dialect[Any, Any, Any, Any, Any], db_key: str, *, reports: bool) -> TargetActionSink[Any]:
    """Return the sink shared by all tables of a database with the same `reports`, so that rows are written together.

    `reports` is True for tables that others created.
    """
    return action_sink(ContentsSink(dialect, db_key).apply, blocking=dialect.blocking, reports=reports)
