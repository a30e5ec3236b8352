"""Sets the session settings that affect how values are read and written, overriding role, database and pool.

Postgres connector, connection layer.
"""

from __future__ import annotations

from ._cursor import Connection, execute

__all__ = ["UNCHECKED", "settle", "settle_arrays", "speak_utf8"]

# The server reports these settings without being asked, so that no query is needed if they are right already.
_REPORTED: dict[str, tuple[str, ...]] = {
    "client_encoding": ("UTF8",),
    "DateStyle": ("ISO, MDY",),
    "IntervalStyle": ("postgres",),
    "TimeZone": ("UTC",),  # the driver gives values of another name of it, such as Etc/UTC, another tzinfo
    "standard_conforming_strings": ("on",),
}
UNCHECKED = "SQL_ASCII"
"""The encoding of a database that does not validate text. Its server refuses to send invalid UTF-8 as UTF-8."""

_ALWAYS = (
    # Schemas that come before pg_catalog, as temporary ones do, may have a type `text` or an operator `=` of its own.
    """pg_catalog.set_config('search_path', pg_catalog.concat_ws(
        ', ', 'pg_catalog', NULLIF(pg_catalog.current_setting('search_path'), ''), 'pg_temp'), true)""",
    # What is committed must survive a crash of the server: the app does not write it again.
    """CASE pg_catalog.current_setting('synchronous_commit') WHEN 'off'
        THEN pg_catalog.set_config('synchronous_commit', 'local', true) END""",
)
_FOR_ARRAYS = "SELECT pg_catalog.set_config('array_nulls', 'on', true)"
_FOR_READING = {"extra_float_digits": "1", "bytea_output": "hex"}


async def settle(connection: Connection, *, reading: bool = False, unchecked: bool = False) -> None:
    """Set the settings that this connector needs, until the end of the current transaction.

    Args:
        connection: the connection, inside a transaction.
        reading: whether values are read as text, which depends on more settings.
        unchecked: whether to read text as stored, without conversion, if the database does not validate text.
    """
    status = connection.info.parameter_status
    wanted = {name: values[0] for name, values in _REPORTED.items() if status(name) not in values}
    if reading:
        wanted |= _FOR_READING
        if unchecked and status("server_encoding") == UNCHECKED:
            wanted["client_encoding"] = UNCHECKED
    calls = [f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in wanted.items()]
    await execute(connection, f"SELECT {', '.join((*calls, *_ALWAYS))}")


async def settle_arrays(connection: Connection) -> None:
    """Make NULL in the text of an array mean NULL, until the end of the transaction.

    No server reports this setting by itself.
    """
    await execute(connection, _FOR_ARRAYS)


async def speak_utf8(connection: Connection) -> str | None:
    """Set the client encoding to UTF-8, outside a transaction; return the previous encoding, or None if unchanged."""
    was = connection.info.parameter_status("client_encoding")
    if was in (None, "UTF8"):
        return None
    await execute(connection, "SET client_encoding TO 'UTF8'")
    return was
