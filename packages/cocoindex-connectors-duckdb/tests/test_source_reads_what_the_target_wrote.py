"""Rows that a target stored come back as they were declared, when read as the same record type."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass, field, fields
from typing import Annotated, Any

import numpy as np
import pydantic
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.connectors import duckdb
from cocoindex.resources.schema import VectorSchema

from .conftest import Project


class Color(enum.Enum):
    RED = "red"
    TWO = 2


@dataclass
class Part:
    a: int
    at: datetime.date


@dataclass
class Everything:
    id: int
    yes: bool = True
    ratio: float = 2.0
    small: np.uint8 = field(default_factory=lambda: np.uint8(200))
    text: str = "naïve ⛵ \n'\""
    blob: bytes = b"\0\xff"
    exact: decimal.Decimal = decimal.Decimal("1.10")
    uid: uuid.UUID = field(default_factory=lambda: uuid.UUID(int=5))
    day: datetime.date = datetime.date(2024, 2, 29)
    at: datetime.datetime = datetime.datetime(2024, 2, 29, 23, 59, 1, 5, datetime.UTC)
    clock: datetime.time = datetime.time(1, 2, 3)
    long: datetime.timedelta = datetime.timedelta(days=1, milliseconds=5)
    path: pathlib.PurePosixPath = field(default_factory=lambda: pathlib.PurePosixPath("a b/c"))
    color: Color = Color.TWO
    numbers: list[int] = field(default_factory=lambda: [1, 2])
    pair: tuple[str, datetime.date] = ("x", datetime.date(2000, 1, 1))
    words: dict[str, set[int]] = field(default_factory=lambda: {"a": {1}})
    parts: list[Part] = field(default_factory=lambda: [Part(1, datetime.date(2024, 1, 2))])
    part: Part | None = None
    vector: Annotated[NDArray[np.float32] | None, VectorSchema(dtype=np.dtype("float32"), size=2)] = None


class Model(pydantic.BaseModel):
    id: int
    exact: decimal.Decimal
    at: datetime.datetime
    parts: list[Part]


ROWS = [
    Everything(1),
    Everything(2, color=Color.RED, part=Part(2, datetime.date.max), vector=np.array([1.5, -2.0], dtype="<f4")),
]


def read(connection: duckdb.ManagedConnection, row_type: type[Any]) -> list[Any]:
    async def read() -> list[Any]:
        source = duckdb.DuckdbTableSource(connection, table_name="all", row_type=row_type)
        return sorted([row async for row in source.fetch_rows()], key=lambda row: row.id)

    return asyncio.run(read())


async def declare_rows() -> None:
    schema = await duckdb.TableSchema.from_class(Everything, primary_key=["id"])
    table = await duckdb.mount_table_target(Project.db, "all", schema)
    for row in ROWS:
        table.declare_row(row=row)


def test_rows_come_back(project: Project, connection: duckdb.ManagedConnection) -> None:
    project.update(declare_rows)
    for row, expected in zip(read(connection, Everything), ROWS, strict=True):
        for each in fields(Everything):
            found, wanted = getattr(row, each.name), getattr(expected, each.name)
            if isinstance(wanted, np.ndarray):
                assert found.dtype == wanted.dtype and found.tolist() == wanted.tolist()
            else:
                assert (type(found), found) == (type(wanted), wanted), each.name


def test_pydantic_models_validate(project: Project, connection: duckdb.ManagedConnection) -> None:
    project.update(declare_rows)
    assert read(connection, Model)[0] == Model(
        id=1, exact=decimal.Decimal("1.10"), at=ROWS[0].at, parts=[Part(1, datetime.date(2024, 1, 2))]
    )


def test_a_source_and_a_target_in_one_database(project: Project, connection: duckdb.ManagedConnection) -> None:
    with connection.transaction() as raw:
        raw.execute("CREATE TABLE notes AS SELECT i AS id, 'note ' || i AS text FROM range(1, 3001) r(i)")
    project.update(keep_lengths)
    project.update(keep_lengths)
    with connection.transaction() as raw:
        raw.execute("UPDATE notes SET text = 'short' WHERE id = 7")
        raw.execute("DELETE FROM notes WHERE id > 1000")
    stats = project.update(keep_lengths)
    assert (stats.num_reprocesses, stats.num_deletes, project.failures) == (3, 2000, [])  # the app, its table, one note
    with connection.readonly() as raw:
        assert raw.execute("SELECT count(*), min(length) FROM lengths").fetchone() == (1000, 5)


@dataclass
class Note:
    id: int
    text: str


@dataclass
class Length:
    id: int
    length: int


@coco.fn(memo=True)
def keep_length(note: Note, table: duckdb.TableTarget[Length]) -> None:
    table.declare_row(row=Length(note.id, len(note.text)))


async def keep_lengths() -> None:
    schema = await duckdb.TableSchema.from_class(Length, primary_key=["id"])
    table = await duckdb.mount_table_target(Project.db, "lengths", schema)
    notes = duckdb.DuckdbTableSource(coco.use_context(Project.db), table_name="notes", row_type=Note)
    await coco.mount_each(keep_length, notes.fetch_rows().items(lambda note: note.id), table)
