"""A dialect that says that it blocks must not wait; and its rows are read and freed in one thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Generator
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cocoindex.connectorkits import sql
from cocoindex.errors import ConnectorKitError, SqlArgumentError, SqlSchemaError

from .lite import BLOCKING, Source


async def suspends() -> int:
    await asyncio.sleep(0)
    return 1


async def returns() -> int:
    return 1


def test_what_never_suspends_is_run_to_its_end() -> None:
    assert sql.driven(returns()) == 1


def test_what_suspends_is_told() -> None:
    with pytest.raises(ConnectorKitError, match=r"blocking = True waits for something: .* leave out `blocking`"):
        sql.driven(suspends())


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE numbers (n INTEGER, word TEXT)")
        connection.executemany("INSERT INTO numbers VALUES (?, ?)", [(n, str(n)) for n in range(7)])
    return path


@dataclass
class Number:
    n: int
    word: str


def test_rows_are_read_in_both_ways(numbers: Path) -> None:
    rows = Source(numbers, table_name="numbers", row_type=Number).fetch_rows()
    assert [*rows] == [Number(n, str(n)) for n in range(7)]

    async def read() -> list[Number]:
        return [row async for row in rows]

    assert asyncio.run(read()) == [Number(n, str(n)) for n in range(7)]


def test_columns_are_those_that_were_asked_for(numbers: Path) -> None:
    assert [*Source(numbers, table_name="numbers", columns=["n"]).fetch_rows()] == [{"n": n} for n in range(7)]


def test_what_a_source_takes(numbers: Path) -> None:
    with pytest.raises(SqlSchemaError, match="takes row_type or row_factory, not both"):
        Source(numbers, table_name="numbers", row_type=Number, row_factory=lambda row: Number(**row))
    with pytest.raises(SqlArgumentError, match="table_name= of a Source is a str, not 5"):
        Source(numbers, table_name=5)  # type: ignore[arg-type]  # what is refused
    with pytest.raises(SqlArgumentError, match=r"items\(\) of the table 'numbers' takes a sync function"):
        Source(numbers, table_name="numbers").fetch_rows().items("n")  # type: ignore[arg-type]


def test_a_reader_that_stops_early_has_the_rows_freed_where_they_were_read() -> None:
    freed = threading.Event()
    threads: list[int] = []

    def read() -> Generator[list[dict[str, Any]], None, None]:
        threads.append(threading.get_ident())
        try:
            for n in range(1_000):
                yield [{"n": n}]
        finally:
            threads.append(threading.get_ident())
            freed.set()

    async def first() -> dict[str, Any]:
        rows: sql.RowFetcher[dict[str, Any]] = sql.BlockingRowFetcher("numbers", read, None, BLOCKING.errors)
        async with aclosing(rows.batches()) as batches:
            return (await anext(batches))[0]

    assert asyncio.run(first()) == {"n": 0}
    freed.wait()
    assert threads[0] == threads[1] != threading.get_ident()
