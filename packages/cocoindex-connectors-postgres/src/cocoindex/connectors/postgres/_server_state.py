"""Detects whether a server that refuses connections will accept them soon: it is starting, recovering or stopping.

Postgres connector, connection layer. libpq does not report the SQLSTATE of a refused connection, and the message is in
the language of the server; libpq's ping holds the GIL until it ends. So this module connects again to read the code.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress

import psycopg

__all__ = ["takes_connections_soon"]

_SECONDS = 5.0
_PROTOCOL = 196608  # version 3.0
_LONGEST = 1 << 16
_NOT_NOW = b"57P03"  # cannot_connect_now


async def takes_connections_soon(error: psycopg.Error) -> bool:
    """Say whether the server that refused the connection with `error` is worth waiting for."""
    refused = error.pgconn
    if refused is None:
        return False
    try:
        host, port = (refused.hostaddr or refused.host).decode(), int(refused.port)
        user, database = refused.user, refused.db
    except (psycopg.Error, ValueError):  # the address is unknown
        return False
    try:
        async with asyncio.timeout(_SECONDS):
            return await _code(host, port, user, database) == _NOT_NOW
    except (OSError, EOFError, TimeoutError):
        return False


async def _code(host: str, port: int, user: bytes, database: bytes) -> bytes:
    """Return the SQLSTATE with which the server refuses a connection; empty if it accepts, or sends no SQLSTATE."""
    if host.startswith("/"):
        reader, writer = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    else:
        reader, writer = await asyncio.open_connection(host, port)
    try:
        words = b"\0".join((b"user", user, b"database", database, b"", b""))
        writer.write(struct.pack("!ii", 8 + len(words), _PROTOCOL) + words)
        kind, length = struct.unpack("!ci", await reader.readexactly(5))
        if kind != b"E" or not 4 <= length <= _LONGEST:
            return b""
        fields = (await reader.readexactly(length - 4)).split(b"\0")
        return next((field[1:] for field in fields if field[:1] == b"C"), b"")
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
