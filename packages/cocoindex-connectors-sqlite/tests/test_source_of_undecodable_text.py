"""A text whose bytes are none in the encoding of the database fails its row alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite.errors import SqliteRowError


@dataclass
class Note:
    id: int
    text: Any


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
@pytest.mark.parametrize("row_type", [None, Note])
def test_one_row_fails(tmp_path: Path, encoding: str, row_type: Any) -> None:
    bad = "x'81ff'" if encoding == "UTF-8" else "x'00d8'" if encoding == "UTF-16le" else "x'd800'"
    values = {1: "é😀", 3: b"\x81\xff", 4: None, 5: 1.5, 6: "a\0b", **dict.fromkeys(range(7, 1200), "x")}
    with sqlite.managed_connection(tmp_path / "x.sqlite") as connection:
        with connection.readonly() as raw:
            raw.execute(f"PRAGMA encoding = '{encoding}'")
            raw.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text)")
            raw.execute(f"INSERT INTO notes VALUES (2, CAST({bad} AS TEXT)), (1200, CAST({bad} AS TEXT))")
            raw.executemany("INSERT INTO notes VALUES (?, ?)", values.items())
        source = sqlite.SqliteTableSource(connection, table_name="notes", row_type=row_type)
        seen: dict[int, Any] = {}

        async def read() -> None:
            async for row in source.fetch_rows():
                seen.update([(row.id, row.text) if row_type else (row["id"], row["text"])])

        with pytest.raises(SqliteRowError, match=r"2 rows of the table notes cannot be read, .* holds"):
            asyncio.run(read())
        assert seen == values
        seen.clear()
        with pytest.raises(SqliteRowError, match="column 'text' holds"):
            for row in source.fetch_rows():
                seen.update([(row.id, row.text) if row_type else (row["id"], row["text"])])
        assert seen == values
