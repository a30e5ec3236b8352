"""The nearest vectors are found in what was declared, by partition and by metadata."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pytest
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.connectorkits.sql import RowAction
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._row_encoder import RowEncoder
from cocoindex.connectors.sqlite._statements import create_table
from cocoindex.connectors.sqlite._table_record import record_of
from cocoindex.connectors.sqlite._write_rows import TableWriter
from cocoindex.resources.schema import VectorSchema

from .row_sink import RowSink

SIZE = 8
QUERY = np.linspace(-1, 1, SIZE, dtype=np.float32)
VECTORS = np.random.default_rng(7).standard_normal((200, SIZE)).astype(np.float32)
DISTANCES = np.linalg.norm(VECTORS - QUERY, axis=1)


@dataclass
class Document:
    id: int
    category: str
    year: int
    text: str
    embedding: Annotated[NDArray[np.float32], VectorSchema(np.dtype(np.float32), SIZE)]


DOCUMENTS = [Document(i, "odd" if i % 2 else "even", 2000 + i % 5, f"text {i}", v) for i, v in enumerate(VECTORS)]


def fill(connection: sqlite.ManagedConnection, vec0: sqlite.Vec0TableDef | None) -> None:
    schema = asyncio.run(sqlite.TableSchema.from_class(Document, ["id"]))
    record = record_of(schema, "system", vec0)
    with connection.transaction() as transaction:
        transaction.execute(create_table("docs", record))
    encoder, writer = RowEncoder("docs", schema, record), TableWriter("docs", record)
    context = coco.ContextProvider()
    context.provide(coco.ContextKey("db"), connection)
    RowSink("db")(context, [RowAction(writer, (), encoder.encode(row)[1].values) for row in DOCUMENTS])


def nearest(allowed: NDArray[np.bool_], count: int) -> list[Any]:
    order = sorted(np.flatnonzero(allowed), key=lambda i: float(DISTANCES[i]))[:count]
    return [(int(i), pytest.approx(float(DISTANCES[i]), rel=1e-5)) for i in order]


def test_vec0(connection: sqlite.ManagedConnection) -> None:
    fill(connection, sqlite.Vec0TableDef(partition_key_columns=["category"], auxiliary_columns=["text"]))
    ids = np.arange(len(VECTORS))
    with connection.readonly() as reader:
        find = "SELECT id, distance FROM docs WHERE embedding MATCH ? AND k = ?"
        assert reader.execute(find, (QUERY.tobytes(), 5)).fetchall() == nearest(ids >= 0, 5)
        found = reader.execute(f"{find} AND category = 'odd'", (QUERY.tobytes(), 5)).fetchall()
        assert found == nearest(ids % 2 == 1, 5)
        found = reader.execute(f"{find} AND category = 'odd' AND year > 2002", (QUERY.tobytes(), 5)).fetchall()
        assert found == nearest((ids % 2 == 1) & (ids % 5 > 2), 5)
        best = nearest(ids >= 0, 1)[0][0]
        assert reader.execute("SELECT text FROM docs WHERE id = ?", (best,)).fetchone() == (f"text {best}",)


def test_regular_table(connection: sqlite.ManagedConnection) -> None:
    fill(connection, None)
    with connection.readonly() as reader:
        found = reader.execute(
            "SELECT id, vec_distance_L2(embedding, ?) AS distance FROM docs ORDER BY distance LIMIT 5",
            (QUERY.tobytes(),),
        ).fetchall()
    assert found == nearest(np.full(len(VECTORS), True), 5)
