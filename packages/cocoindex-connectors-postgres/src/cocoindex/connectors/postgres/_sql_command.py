"""SQL commands as target states: run when they are declared or changed, taken back when they are no longer.

Postgres connector, attachment layer. The commands are the user's own SQL, run as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any, NamedTuple, cast

import psycopg
from psycopg import errors, sql

import cocoindex as coco
from cocoindex.connectorkits import shown

from ._cursor import execute
from ._driver_errors import describe_failure
from ._foreign_objects import foreign_objects, mark_as_ours
from ._identifier import TableName
from ._pool import Pool, outside_transaction
from .errors import PostgresAttachmentError, PostgresSchemaError

__all__ = ["CommandAction", "CommandHandler", "CommandRecord", "command_record"]

_log = logging.getLogger(__name__)
_NOT_THERE = (errors.UndefinedObject, errors.UndefinedTable, errors.UndefinedFunction, errors.UndefinedColumn)
_THERE_ALREADY = (errors.DuplicateObject, errors.DuplicateTable, errors.DuplicateFunction, errors.DuplicateColumn)


class CommandRecord(NamedTuple):
    """A command, and the one that takes it back if there is one."""

    setup_sql: str
    teardown_sql: str | None


def command_record(table: str, name: object, setup_sql: object, teardown_sql: object) -> CommandRecord:
    """The record of a command that is declared so; PostgresSchemaError where it is none."""
    where = f"the SQL command {name!r} of the table {table!r}"
    if not isinstance(name, str) or not name:
        raise PostgresSchemaError(f"{where} needs a name that is a str and not empty")
    if not isinstance(setup_sql, str) or not setup_sql.strip():
        raise PostgresSchemaError(f"{where} needs setup_sql, a str with SQL, not {shown(setup_sql)}")
    if teardown_sql is not None and not isinstance(teardown_sql, str):
        raise PostgresSchemaError(f"{where}: teardown_sql is a str with SQL or None, not {shown(teardown_sql)}")
    return CommandRecord(setup_sql, teardown_sql or None)


class CommandAction(NamedTuple):
    """What to do about one command: run these teardowns, then the setup if there is one.

    `may_be_missing` says that what they remove may not be there, `may_be_there` that the setup may have run already.
    """

    table: TableName
    name: str
    teardowns: tuple[str, ...]
    setup: str | None
    may_be_missing: bool
    may_be_there: bool

    @property
    def removes(self) -> bool:
        """Whether nothing is set up."""
        return self.setup is None

    async def apply(self, pool: Pool) -> None:
        """Run the commands, each as a call of its own, outside a transaction: CREATE INDEX CONCURRENTLY needs that.

        Raises:
            PostgresAttachmentError: the database refuses one of them.
        """
        for command in self.teardowns:
            await self._run(pool, "teardown", command, _NOT_THERE if self.may_be_missing else ())
        if self.setup is not None:
            await self._run(pool, "setup", self.setup, _THERE_ALREADY if self.may_be_there else ())

    async def _run(self, pool: Pool, part: str, command: str, forgiven: tuple[type[Exception], ...]) -> None:
        what = f"the {part} of the SQL command {self.name!r} of the table {self.table}"

        async def work(connection: Any) -> None:
            try:
                before = await foreign_objects(connection, self.table)
                await execute(connection, sql.SQL(command))
                if part == "setup":
                    await mark_as_ours(connection, self.table, before, command, f"the SQL command {self.name!r}.")
            except forgiven as error:
                _log.info("%s had nothing to do: %s", what, error)
            except (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError) as error:
                raise PostgresAttachmentError(f"{describe_failure(error, what)} [{command}]") from error

        await outside_transaction(pool, what, work)


class CommandHandler:
    """Reconciles the SQL commands of one table."""

    def __init__(self, table: TableName, sink: coco.TargetActionSink[Any]) -> None:
        self._table = table
        self._sink = sink

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: CommandRecord | coco.NonExistenceType,
        prev_possible_records: Collection[CommandRecord],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[CommandAction, CommandRecord] | None:
        """The teardowns of what may be there, and the setup of what is wanted; nothing where that is what is there."""
        name, prev = cast("str", key), tuple(prev_possible_records)
        teardowns = tuple(dict.fromkeys(record.teardown_sql for record in prev if record.teardown_sql))
        uncertain = prev_may_be_missing or len(prev) > 1
        if coco.is_non_existence(desired_target_state):
            action = CommandAction(self._table, name, teardowns, None, uncertain, False)
            return coco.TargetReconcileOutput(action, self._sink, coco.NON_EXISTENCE)
        wanted = desired_target_state
        if prev and not prev_may_be_missing and all(record.setup_sql == wanted.setup_sql for record in prev):
            return self._remember(name, wanted, prev)
        may_be_there = any(record.setup_sql == wanted.setup_sql for record in prev)
        action = CommandAction(self._table, name, teardowns, wanted.setup_sql, uncertain, may_be_there)
        return coco.TargetReconcileOutput(action, self._sink, wanted)

    def _remember(
        self, name: str, wanted: CommandRecord, prev: tuple[CommandRecord, ...]
    ) -> coco.TargetReconcileOutput[CommandAction, CommandRecord] | None:
        # A teardown that changed is only to be remembered: it does not change what is there.
        if all(record == wanted for record in prev):
            return None
        return coco.TargetReconcileOutput(CommandAction(self._table, name, (), None, False, False), self._sink, wanted)
