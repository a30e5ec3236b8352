"""Converts errors of the database to errors of the framework.

Postgres connector, lowest layer: the original error is always the cause of what is raised.
"""

from __future__ import annotations

import re

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout

from cocoindex.errors import CocoIndexError

from .errors import (
    PostgresBusyError,
    PostgresConnectionError,
    PostgresExtensionError,
    PostgresLockError,
    PostgresPoolError,
    PostgresSchemaError,
    PostgresTableError,
    PostgresTableLostError,
)

__all__ = ["INSTALL_PGVECTOR", "describe_failure", "describe_unless_passing", "is_lost", "is_of_a_row", "is_passing"]

INSTALL_PGVECTOR = (
    "install pgvector on the server (https://github.com/pgvector/pgvector), and have somebody who may run "
    "CREATE EXTENSION vector in this database"
)


_STATEMENTS_ONLY = "statement pooling mode"  # from a message of pgbouncer, which is always in English
# Old versions of psycopg give the last message of a closing server only as text, to which libpq adds its own message.
_IDLE, _CLOSED = "due to idle-in-transaction timeout", " server closed the connection unexpectedly"
_OF_STANDBY = "RecoveryConflict"  # in the name of the server's source function, which is never translated
_OF_PGVECTOR = re.compile(r"\b(?:vector|halfvec|sparsevec)\b")


def is_lost(error: BaseException) -> bool:
    """Say whether the connection is lost: terminated or interrupted, or the server is stopping or starting."""
    if not isinstance(error, psycopg.OperationalError) or isinstance(error, (PoolClosed, PoolTimeout)):
        return False
    if _STATEMENTS_ONLY in str(error):
        return False
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))


def is_of_a_row(error: BaseException) -> bool:
    """Say whether a row caused the error: by a type, a constraint, a trigger, or the check of a view or policy."""
    if isinstance(error, (psycopg.DataError, psycopg.IntegrityError, errors.CardinalityViolation)):
        return True
    # Errors raised by triggers, which may have their own codes, and by WITH CHECK OPTION.
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(("09", "38", "39", "44", "P0")):
        return True
    if type(error) is psycopg.DatabaseError and error.sqlstate is not None:
        return True
    return isinstance(error, errors.InsufficientPrivilege) and error.diag.source_function == "ExecWithCheckOptions"


def is_passing(error: BaseException) -> bool:
    """Say whether the error is temporary: the same transaction may succeed when it is retried."""
    return is_lost(error) or isinstance(error, (errors.SerializationFailure, errors.DeadlockDetected))


def describe_unless_passing(error: Exception, what: str) -> Exception:
    """Return the exception to raise inside a transaction: `error` itself if it is temporary, else its description."""
    return error if is_passing(error) else describe_failure(error, what)


def describe_failure(error: Exception, what: str) -> CocoIndexError:
    """Return the exception that explains to a user why `what` (such as "writing rows of public.docs") failed."""
    reason = _reason(error)
    if isinstance(error, PoolTimeout):
        return PostgresPoolError(
            f"{what} failed: {reason}, as all connections of the pool were in use all that time; give the pool a "
            "larger max_size or timeout, and hold no connection while an update needs another one"
        )
    if isinstance(error, PoolClosed):
        return PostgresConnectionError(
            f"{what} failed: {reason}; open the pool in the lifespan, `async with AsyncConnectionPool(...) as pool`, "
            "and provide it before the yield"
        )
    if isinstance(error, (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement)):
        return PostgresPoolError(
            f"{what} failed: {reason}; a pooler such as pgbouncer in transaction mode changes the connection below a "
            "prepared statement: make the pool with postgres.create_pool(), or with "
            "AsyncConnectionPool(..., kwargs={'prepare_threshold': None})"
        )
    if _STATEMENTS_ONLY in reason:
        return PostgresPoolError(
            f"{what} failed: {reason}; rows are read and written in transactions: set pool_mode of the pooler to "
            "transaction or session, at least for this database"
        )
    if isinstance(error, errors.IdleInTransactionSessionTimeout) or _IDLE in reason:
        return PostgresBusyError(
            f"{what} failed: {reason.partition(_CLOSED)[0]}; a table is read in one transaction, which waits while "
            "its rows are processed: "
            "give the role or the pool a longer idle_in_transaction_session_timeout, or 0 for none"
        )
    if isinstance(error, errors.QueryCanceled):
        return PostgresBusyError(
            f"{what} failed: {reason}; the statement took longer than the statement_timeout of the role, the database "
            "or the pool, or somebody cancelled it; another session may hold a lock (see pg_locks): give it more time, "
            "and run the update again"
        )
    if isinstance(error, errors.LockNotAvailable):
        return PostgresLockError(
            f"{what} failed: {reason}; another session may hold a lock (see pg_locks): finish its transaction, or "
            "give more time, and run the update again"
        )
    if isinstance(error, psycopg.Error) and _OF_STANDBY in (error.diag.source_function or ""):
        return PostgresConnectionError(
            f"{what} failed: {reason}; a standby ends queries that would delay its recovery: run the update again, set "
            "hot_standby_feedback to on, or max_standby_streaming_delay to more than reading and processing take"
        )
    if isinstance(error, psycopg.NotSupportedError) and error.sqlstate is None:
        return PostgresPoolError(
            f"{what} failed: {reason}; make the pool with postgres.create_pool(), or with "
            "AsyncConnectionPool(..., kwargs={'client_encoding': 'UTF8'})"
        )
    if is_passing(error):
        return PostgresConnectionError(f"{what} failed: {reason}; run the update again later")
    return _of_the_table(error, what, reason)


def _of_the_table(error: Exception, what: str, reason: str) -> CocoIndexError:
    if isinstance(error, errors.UndefinedObject) and _OF_PGVECTOR.search(reason):  # type names are never translated
        return PostgresExtensionError(
            f"{what} needs pgvector: {reason}; it has to be installed in a schema that is in the search_path of the "
            "pool's connections"
        )
    if isinstance(error, (errors.UndefinedObject, errors.InvalidTableDefinition, errors.DuplicateColumn)):
        return PostgresSchemaError(f"{what} failed: {reason}; correct the schema that the table is declared with")
    if (
        isinstance(error, (*_LOST, errors.UndefinedFunction))
        and isinstance(error, psycopg.Error)
        and error.diag.context
    ):
        where = " ".join(error.diag.context.split())
        return PostgresTableError(f"{what} failed: {reason}, in {where}; correct or drop it")
    advice = next((advice for kinds, advice in _ADVICE if isinstance(error, kinds)), "")
    if is_of_a_row(error) and isinstance(error, errors.InsufficientPrivilege):
        advice = "; a policy of the table does not let the role of the pool's connections write this row"
    kind = PostgresTableLostError if isinstance(error, _LOST) else PostgresTableError
    return kind(f"{what} failed: {reason}{advice}")


_LOST = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)


_ADVICE: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (errors.UndefinedTable, errors.UndefinedColumn),
        "; the table was dropped or altered in the meantime; run the update again to repair it (with "
        "managed_by='user', repair it yourself)",
    ),
    (
        (errors.InvalidColumnReference,),
        "; the table needs a PRIMARY KEY or UNIQUE constraint on exactly the schema's primary key columns",
    ),
    (
        (errors.DependentObjectsStillExist,),
        "; drop the view or other object that uses it, and run the update again",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        "; the server is a standby, or the role, the database or the pool says that transactions only read: give the "
        "pool the primary server (target_session_attrs=read-write), or set default_transaction_read_only to off",
    ),
    (
        (errors.DuplicateTable,),
        "; an index, a sequence, a type or another table has that name: drop or rename it, or declare another name",
    ),
    (
        (errors.DatatypeMismatch,),
        "; declare the column with its actual type, such as PgType('mood') for an enum",
    ),
    (
        (errors.GeneratedAlways,),
        "; its values come from the database: leave the column out of the schema that the table is declared with",
    ),
    ((errors.InsufficientPrivilege,), "; grant the required privileges to the role of the pool's connections"),
)


def _reason(error: Exception) -> str:
    diagnostic = error.diag if isinstance(error, psycopg.Error) else None
    if diagnostic is None or diagnostic.message_primary is None:
        return " ".join(str(error).split())
    parts = (diagnostic.message_primary, diagnostic.message_detail, diagnostic.message_hint)
    return "; ".join(part.rstrip(".") for part in parts if part)
