"""`create_pool` waits for a server that takes no connections yet, and not for one that refuses or is not there."""

from __future__ import annotations

import asyncio
import logging
import tempfile

import pytest

from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresConnectionError

RECOVERS = b"SFATAL\0VFATAL\0C57P03\0Mdas Datenbanksystem startet\0\0"  # as lc_messages of the server has it
REFUSES = b'SFATAL\0VFATAL\0C3D000\0Mdatabase "none" does not exist\0\0'


@pytest.mark.parametrize("by_socket", [False, True])
def test_it_is_waited_for(by_socket: bool) -> None:
    # Each attempt is followed by a question for the code alone.
    answers = [RECOVERS, RECOVERS, RECOVERS, RECOVERS, REFUSES, REFUSES]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(4), "big")
        await reader.readexactly(length - 4)
        answer = answers.pop(0)
        writer.write(b"E" + (len(answer) + 4).to_bytes(4, "big") + answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def main(folder: str) -> None:
        if by_socket:
            listening = await asyncio.start_unix_server(connected, f"{folder}/.s.PGSQL.5432")
            where = f"host={folder} port=5432"
        else:
            listening = await asyncio.start_server(connected, "127.0.0.1", 0)
            where = f"host=127.0.0.1 port={listening.sockets[0].getsockname()[1]}"
        async with listening:
            await postgres.create_pool(f"{where} user=me dbname=none sslmode=disable gssencmode=disable")

    # Not in pytest's folder, whose path is too long for a socket.
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.raises(PostgresConnectionError, match='database "none" does not exist'),
    ):
        asyncio.run(main(folder))
    assert answers == []


def test_what_is_not_there_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(PostgresConnectionError):
        asyncio.run(postgres.create_pool("postgresql://127.0.0.1:1/none"))
    assert "tried again" not in caplog.text
