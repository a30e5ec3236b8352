"""Runs the SQL commands that programs declare, without changes.

Postgres connector, attachment layer.
"""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from psycopg import errors

from cocoindex.connectorkits import sql

from ._cursor import execute
from ._driver_errors import describe_failure
from ._foreign_objects import foreign_objects, mark_as_ours
from ._pool import Pool, outside_transaction
from .errors import PostgresAttachmentError

__all__ = ["run_command"]

_log = logging.getLogger(__name__)
_FORGIVEN: dict[str, tuple[type[Exception], ...]] = {
    "teardown": (errors.UndefinedObject, errors.UndefinedTable, errors.UndefinedFunction, errors.UndefinedColumn),
    "setup": (errors.DuplicateObject, errors.DuplicateTable, errors.DuplicateFunction, errors.DuplicateColumn),
}


async def run_command(pool: Pool, command: sql.SqlCommand) -> None:
    """Run a command outside a transaction, as CREATE INDEX CONCURRENTLY requires.

    Raises:
        PostgresAttachmentError: the database refuses it.
    """
    forgiven = _FORGIVEN[command.part] if command.may_be_done else ()
    what = f"the {command.part} of the SQL command {command.name!r} of the table {command.table}"

    async def work(connection: Any) -> None:
        try:
            before = await foreign_objects(connection, command.table)
            await execute(connection, command.sql)
            if command.part == "setup":
                reason = f"the SQL command {command.name!r}."
                await mark_as_ours(connection, command.table, before, command.sql, reason)
        except forgiven as error:
            _log.info("%s had nothing to do: %s", what, error)
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.IntegrityError) as error:
            raise PostgresAttachmentError(f"{describe_failure(error, what)} [{command.sql}]") from error

    await outside_transaction(pool, what, work)
