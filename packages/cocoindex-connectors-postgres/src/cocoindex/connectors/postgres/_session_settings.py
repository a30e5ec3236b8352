"""Sets the session settings that affect the meaning of values, whatever the role, database or pool has set.

Postgres connector, connection layer.
"""

from __future__ import annotations

from ._cursor import Connection, execute

__all__ = ["UNCHECKED", "settle", "settle_arrays", "speak_utf8"]

# What the server tells of its own accord, so that nothing is asked where all is as wanted.
_REPORTED: dict[str, tuple[str, ...]] = {
    "client_encoding": ("UTF8",),
    "DateStyle": ("ISO, MDY",),
    "IntervalStyle": ("postgres",),
    "TimeZone": ("UTC", "Etc/UTC"),
    "standard_conforming_strings": ("on",),
}
UNCHECKED = "SQL_ASCII"
"""The encoding of a database that checks no text. It refuses to give what is no UTF-8 to one who speaks that."""

_FOR_ARRAYS = "SELECT pg_catalog.set_config('array_nulls', 'on', true)"
_FOR_READING = {"extra_float_digits": "1", "bytea_output": "hex"}


async def settle(connection: Connection, *, reading: bool = False, unchecked: bool = False) -> None:
    """Have the settings be ours to the end of the transaction that the connection is in.

    Args:
        reading: whether values are read as text, for which more settings count.
        unchecked: whether text may be read as it is stored, where the database checks none.
    """
    status = connection.info.parameter_status
    wanted = {name: values[0] for name, values in _REPORTED.items() if status(name) not in values}
    if reading:
        wanted |= _FOR_READING
        if unchecked and status("server_encoding") == UNCHECKED:
            wanted["client_encoding"] = UNCHECKED
    if wanted:
        calls = ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in wanted.items())
        await execute(connection, f"SELECT {calls}")


async def settle_arrays(connection: Connection) -> None:
    """Have NULL in the text of an array be read as NULL, likewise; no server tells whether it is."""
    await execute(connection, _FOR_ARRAYS)


async def speak_utf8(connection: Connection) -> str | None:
    """Have texts be exchanged as UTF-8, outside a transaction; returns the encoding that there was, if another."""
    was = connection.info.parameter_status("client_encoding")
    if was in (None, "UTF8"):
        return None
    await execute(connection, "SET client_encoding TO 'UTF8'")
    return was
