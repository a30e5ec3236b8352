"""Rows that a target stored come back as they were declared, when a source reads them as the same record type."""

from __future__ import annotations

import datetime
import decimal
import enum
import pathlib
import uuid
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar

import numpy as np
import pydantic
from numpy.typing import NDArray

import cocoindex as coco
from cocoindex.resources.schema import VectorSchema

from .kind import KINDS
from .project import Project

__all__ = ["Everything", "RowsComeBack"]


class Color(enum.Enum):
    RED = "red"
    TWO = 2


@dataclass
class Part:
    a: int
    at: datetime.date


@dataclass
class Everything:
    """A field of each type that all databases store."""

    id: int
    yes: bool = True
    ratio: float = 2.0
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


@coco.fn
async def declare_rows(kind: str, rows: list[Any]) -> None:
    module = KINDS[kind].module
    schema = await module.TableSchema.from_class(type(rows[0]), primary_key=["id"])
    table = await module.mount_table_target(Project.db, "docs", schema)
    for row in rows:
        table.declare_row(row=row)


@coco.fn
async def read(kind: str, row_type: type[Any], found: list[Any]) -> None:
    """Append the rows of the table `docs` to `found`, in the order of their ids."""
    source = KINDS[kind].source(coco.use_context(Project.db), table_name="docs", row_type=row_type)
    found += sorted([row async for row in source.fetch_rows()], key=lambda row: row.id)


@dataclass
class Note:
    id: int
    text: str


@dataclass
class Length:
    id: int
    length: int


@coco.fn(memo=True)
def keep_length(note: Note, table: Any) -> None:
    table.declare_row(row=Length(note.id, len(note.text)))


@coco.fn
async def keep_lengths(kind: str) -> None:
    module = KINDS[kind].module
    schema = await module.TableSchema.from_class(Length, primary_key=["id"])
    table = await module.mount_table_target(Project.db, "lengths", schema)
    notes = KINDS[kind].source(coco.use_context(Project.db), table_name="notes", row_type=Note)
    await coco.mount_each(keep_length, notes.fetch_rows().items(lambda note: note.id), table)


class RowsComeBack:
    """Tests that each connector runs.

    Attributes:
        row_type: the type of the rows; a connector adds fields of types that only its databases store.
    """

    row_type: ClassVar[type[Everything]] = Everything

    def test_rows_come_back(self, project: Project) -> None:
        rows = [
            self.row_type(1),
            self.row_type(2, color=Color.RED, part=Part(2, datetime.date.max), vector=np.array([1.5, -2.0], "<f4")),
        ]
        project.update(declare_rows, project.kind, rows)
        found: list[Any] = []
        project.update(read, project.kind, self.row_type, found, app="reader")
        for row, expected in zip(found, rows, strict=True):
            for each in fields(self.row_type):
                value, wanted = getattr(row, each.name), getattr(expected, each.name)
                if isinstance(wanted, np.ndarray):
                    assert value.dtype == wanted.dtype and value.tolist() == wanted.tolist()
                else:
                    assert (type(value), value) == (type(wanted), wanted), each.name

    def test_pydantic_models_validate(self, project: Project) -> None:
        row = self.row_type(1)
        project.update(declare_rows, project.kind, [row])
        found: list[Any] = []
        project.update(read, project.kind, Model, found, app="reader")
        assert found == [Model(id=1, exact=row.exact, at=row.at, parts=row.parts)]

    def test_a_source_and_a_target_in_one_database(self, project: Project) -> None:
        notes = ", ".join(f"({number}, 'note {number}')" for number in range(1, 3001))
        project.run(
            f"CREATE TABLE notes (id {project.sql.integer} PRIMARY KEY, text {project.sql.text})",
            f"INSERT INTO notes VALUES {notes}",
        )
        project.update(keep_lengths, project.kind)
        project.update(keep_lengths, project.kind)
        project.run("UPDATE notes SET text = 'short' WHERE id = 7", "DELETE FROM notes WHERE id > 1000")
        stats = project.update(keep_lengths, project.kind)
        # the app, its table, and one note run again
        assert (stats.num_reprocesses, stats.num_deletes, project.failures) == (3, 2000, [])
        assert project.query("SELECT count(*), min(length) FROM lengths") == [(1000, 5)]
