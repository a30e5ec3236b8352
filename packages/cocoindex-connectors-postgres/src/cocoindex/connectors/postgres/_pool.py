"""Connections from a pool, and transactions that are retried after temporary errors.

Postgres connector, connection layer.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from psycopg_pool import AsyncConnectionPool, PoolTimeout

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.connectorkits.retry import Backoff
from cocoindex.errors import CocoIndexError, ContextTypeError

from ._cursor import Connection, execute
from ._driver_errors import describe_failure, is_lost, is_passing
from ._hide_password import without_password
from ._server_state import takes_connections_soon
from ._session_settings import settle, speak_utf8
from .errors import PostgresArgumentError, PostgresConnectionError

__all__ = [
    "Pool",
    "check_pool",
    "create_pool",
    "direct_connection",
    "explain",
    "in_transaction",
    "outside_transaction",
    "pool_of",
]

Pool = AsyncConnectionPool[Any]
ResultT = TypeVar("ResultT")

_log = logging.getLogger(__name__)
# With the pauses between them, the attempts last about five seconds, plus the pool's own timeout each time. This is
# enough for a server to restart.
_ATTEMPTS = 8
# The same as the default timeout of a pool.
_SECONDS_OF_A_START = 30.0
_AT_LEAST = 4
"""The default `min_size` of a pool."""


async def create_pool(dsn: str | None = None, **kwargs: Any) -> Pool:
    """Open a pool of connections, after a test connection; wait for a starting or recovering server for up to 30 s.

    Close the pool with `async with await create_pool(...) as pool`, or with `await pool.close()`. You can also use a
    `psycopg_pool.AsyncConnectionPool` that you create yourself; it reports connection problems later.

    Args:
        dsn: a connection string or URI for libpq; None uses environment variables such as PGHOST.
        **kwargs: further arguments of `psycopg_pool.AsyncConnectionPool`. By default, statements are not prepared, so
            that poolers such as pgbouncer work; to prepare them, pass `kwargs={"prepare_threshold": 5}`.

    Raises:
        PostgresConnectionError: (a ConnectionError) no connection can be established.
        PostgresArgumentError: (a TypeError) `dsn` is not a str.
    """
    # A function that returns a connection string is not in the signature, but some versions of the pool accept it.
    if dsn is not None and not isinstance(dsn, str) and not callable(dsn):
        raise PostgresArgumentError(
            f"postgres.create_pool() takes a connection string, such as 'postgresql://user@host/database', not "
            f"{shown(dsn)}"
        )
    of_connections = kwargs.get("kwargs") or {}
    if isinstance(of_connections, Mapping):
        # A pooler may switch to another connection, on which a prepared statement does not exist.
        # This connector exchanges text as UTF-8 anyway, and Python does not know all encodings of databases.
        kwargs["kwargs"] = {"prepare_threshold": None, "client_encoding": "UTF8", **of_connections}
    most = kwargs.get("max_size")
    if isinstance(most, int) and most < _AT_LEAST:
        kwargs.setdefault("min_size", most)  # else psycopg_pool refuses a pool that is smaller than its default size
    pool: Pool = AsyncConnectionPool(dsn or "", open=False, **kwargs)
    connection = await _first_connection(pool)
    await connection.close()
    await pool.open()
    return pool


async def _first_connection(pool: Pool) -> Connection:
    """Return a connection like `direct_connection`, but wait for a server that is starting or recovering."""
    backoff = Backoff(seconds=_SECONDS_OF_A_START, first=0.1, longest=1.0)
    while True:
        conninfo, kwargs = await _value(pool.conninfo), await _value(pool.kwargs)
        try:
            return await _connect(pool, conninfo, kwargs)
        except Exception as refused:  # arguments of the wrong type, for example
            error = _cannot_connect(refused, conninfo, kwargs)
            if not isinstance(refused, psycopg.Error) or not await takes_connections_soon(refused):
                raise error from None
        _log.info("connecting is tried again: %s", error)
        await backoff.pause(error)


def check_pool(pool: object, where: str) -> Pool:
    """Return `pool`; raise ContextTypeError (a TypeError) if it is not a pool for this connector."""
    if isinstance(pool, AsyncConnectionPool):
        return pool
    kind = f"{type(pool).__module__}.{type(pool).__qualname__}"
    raise ContextTypeError(
        f"{where} is a {kind}, where a psycopg_pool.AsyncConnectionPool is needed; make one in the lifespan, as in "
        "`async with AsyncConnectionPool(DATABASE_URL) as pool: builder.provide(KEY, pool)`"
    )


def pool_of(context: coco.ContextProvider, key: str) -> Pool:
    """Return the pool that is provided under the context key of this name."""
    return check_pool(context.get(key), f"the value of the context key {key!r}")


async def in_transaction(pool: Pool, what: str, work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    """Run `work(connection)` in a transaction, commit it, and return the result of `work`.

    After a deadlock, a serialization failure or a lost connection, the transaction is rolled back and run again, on
    another connection. This includes a connection lost during the commit, when it is unknown whether the commit
    succeeded: `work` must be repeatable.

    Args:
        pool: the pool that provides the connection.
        what: describes the work in messages, such as "writing rows of public.docs".
        work: the function to run.

    Raises:
        Errors of `work`. Errors of the database are converted to errors of this connector.
    """

    async def attempt() -> ResultT:
        async with pool.connection() as connection, connection.transaction():
            await settle(connection)
            return await work(connection)

    try:
        return await _repeated(pool, what, attempt)
    except psycopg.Error as error:
        raise await explain(pool, error, what) from error


async def outside_transaction(pool: Pool, what: str, work: Callable[[Connection], Awaitable[ResultT]]) -> ResultT:
    """Do the same as `in_transaction` in autocommit mode, for SQL that cannot run inside a transaction."""

    async def attempt() -> ResultT:
        async with pool.connection() as connection:
            was = connection.autocommit
            await connection.set_autocommit(True)
            encoding = await speak_utf8(connection)
            try:
                return await work(connection)
            finally:
                if not connection.closed:
                    if encoding is not None:
                        await execute(connection, sql.SQL("SET client_encoding TO {}").format(sql.Literal(encoding)))
                    await connection.set_autocommit(was)

    try:
        return await _repeated(pool, what, attempt)
    except psycopg.Error as error:
        raise await explain(pool, error, what) from error


async def _repeated(pool: Pool, what: str, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
    backoff = Backoff(attempts=_ATTEMPTS, first=0.1, longest=2.0)
    while True:
        try:
            return await attempt()
        except psycopg.Error as error:
            if not is_passing(error):
                raise
            _log.info("%s is tried again: %s", what, error)
            if is_lost(error):
                await pool.check()  # other connections of the pool may be lost, too
            await backoff.pause(error)


async def explain(pool: Pool, error: psycopg.Error, what: str) -> CocoIndexError:
    """Return the exception that explains to a user why `what` failed."""
    if isinstance(error, PoolTimeout):
        try:  # a pool timeout does not say why: the server may refuse, or all connections may be in use
            connection = await direct_connection(pool)
        except PostgresConnectionError as refused:
            return PostgresConnectionError(f"{what} failed: {refused}")
        await connection.close()
    return describe_failure(error, what)


async def direct_connection(pool: Pool) -> Connection:
    """Return a new connection outside the pool, made in the same way as the pool's own; the caller must close it.

    Raises:
        PostgresConnectionError: the server cannot be reached, or refuses the connection.
    """
    conninfo, kwargs = await _value(pool.conninfo), await _value(pool.kwargs)
    try:
        return await _connect(pool, conninfo, kwargs)
    except Exception as error:  # arguments of the wrong type, for example
        raise _cannot_connect(error, conninfo, kwargs) from None


async def _connect(pool: Pool, conninfo: Any, kwargs: Any) -> Connection:
    connecting: Callable[..., Awaitable[Connection]] = pool.connection_class.connect
    return await connecting(conninfo or "", **(kwargs or {}))


_FEWER = "close connections that nobody needs, give the pool a smaller max_size, or the server or role a higher limit"
_CHECK = "check the host, the database, the user and the password that the pool was given, and whether the server runs"
_ADVICE = {
    "unsupported startup parameter": (
        "a pooler such as pgbouncer does not accept this parameter: leave it out of the connection string and of the "
        "pool's kwargs, set it for the role or the database (ALTER ROLE ... SET), or name it in the pooler's "
        "ignore_startup_parameters"
    ),
    "session is read-only": (
        "the server is a standby, or lets sessions only read: name the primary server, or all of them "
        "(host=one,two target_session_attrs=read-write)"
    ),
    "too many connections": _FEWER,
    "too many clients": _FEWER,
    "connection slots are reserved": _FEWER,
}


def _cannot_connect(error: Exception, conninfo: object, kwargs: object) -> PostgresConnectionError:
    # The first quotes the text that it cannot read, perhaps the password; the second is raised for `%` and two digits
    # that are not UTF-8, for NUL, and for lone surrogates.
    if isinstance(error, psycopg.ProgrammingError | ValueError):
        return PostgresConnectionError(
            "cannot connect to PostgreSQL: the connection string is invalid (it is not shown, as it may contain a "
            "password). It is a URI such as 'postgresql://user:password@host:5432/database', with %-escapes for "
            "':', '/', '@' and '%' in the password, or words such as 'host=localhost dbname=docs user=me'"
        )
    given = kwargs if isinstance(kwargs, Mapping) else {}
    reason = "; ".join(line for part in str(error).splitlines() if (line := part.strip()))
    advice = next((advice for sign, advice in _ADVICE.items() if sign in reason), _CHECK)
    return PostgresConnectionError(
        f"cannot connect to PostgreSQL: {without_password(reason, str(conninfo or ''), given)}; {advice}"
    )


async def _value(setting: Any) -> Any:
    value = setting() if callable(setting) else setting
    return await value if isinstance(value, Awaitable) else value
