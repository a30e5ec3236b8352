"""Dates and times that Python cannot hold make nothing unreadable but themselves."""

from __future__ import annotations

import asyncio
import datetime
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from psycopg_pool import AsyncConnectionPool

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresRowError

if TYPE_CHECKING:
    from tests.conftest import Project

ODD = [
    ("date", "infinity", datetime.date.max),
    ("date", "-infinity", datetime.date.min),
    ("date", "0044-03-15 BC", "0044-03-15 BC"),
    ("date", "12024-01-01", "12024-01-01"),
    ("timestamp", "infinity", datetime.datetime.max),
    ("timestamp", "-infinity", datetime.datetime.min),
    ("timestamp", "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"),
    ("timestamptz", "infinity", datetime.datetime.max.replace(tzinfo=datetime.UTC)),
    ("timestamptz", "12024-01-01 00:00:00+00", "12024-01-01 00:00:00+00"),
    ("time", "24:00:00", "24:00:00"),
    ("timetz", "24:00:00+00", "24:00:00+00"),
    ("interval", "1 year 2 mons -3 days", datetime.timedelta(days=365 + 60 - 3)),
    ("interval", "infinity", datetime.timedelta.max),
    ("interval", "-infinity", datetime.timedelta.min),
    ("interval", "178000000 years", "178000000 years"),
    ("interval", "2147483647 days", "2147483647 days"),
    ("daterange", "[2024-01-01,infinity)", Range(datetime.date(2024, 1, 1), datetime.date.max, "[)")),
    ("daterange", "[2024-01-01,9999-12-31]", Range(datetime.date(2024, 1, 1), datetime.date.max, "[]")),
    ("daterange", "[0044-03-15 BC,2024-01-01)", '["0044-03-15 BC",2024-01-01)'),
    ("tsrange", "[-infinity,)", Range(datetime.datetime.min, None, "[)")),
    ("tsrange", "[,12024-01-01]", '(,"12024-01-01 00:00:00"]'),
    (
        "datemultirange",
        "{[2024-01-01,infinity)}",
        Multirange([Range(datetime.date(2024, 1, 1), datetime.date.max, "[)")]),
    ),
    ("datemultirange", "{[0044-03-15 BC,2024-01-01)}", '{["0044-03-15 BC",2024-01-01)}'),
    ("daterange[]", '{"[2024-01-01,infinity)"}', [Range(datetime.date(2024, 1, 1), datetime.date.max, "[)")]),
    ("date[]", "{2024-01-01,infinity,0044-03-15 BC}", [datetime.date(2024, 1, 1), datetime.date.max, "0044-03-15 BC"]),
]


@dataclass
class AsAny:
    id: int
    at: Any


@dataclass
class AsDateOrText:
    id: int
    at: datetime.date | str


@dataclass
class AsText:
    id: int
    at: str | None


@dataclass
class AsTexts:
    id: int
    at: list[str]


@dataclass
class AsDates:
    id: int
    at: list[datetime.date]


@dataclass
class AsDate:
    id: int
    at: datetime.date


async def rows_of(database: str, seen: list[Any], **options: Any) -> None:
    async with AsyncConnectionPool[Any](database, open=False) as pool:
        async for row in postgres.PgTableSource(pool, table_name="events", **options).fetch_rows():
            seen.append(row)


@pytest.mark.parametrize(("kind", "text", "expected"), ODD)
def test_a_value_that_python_cannot_hold_is_the_nearest_or_text(
    project: Project, kind: str, text: str, expected: Any
) -> None:
    project.run(f"CREATE TABLE events (id int, at {kind})", f"INSERT INTO events VALUES (1, '{text}'), (2, NULL)")
    seen: list[Any] = []
    asyncio.run(rows_of(project.database, seen))
    assert seen == [{"id": 1, "at": expected}, {"id": 2, "at": None}]


FIRST = datetime.date(2024, 1, 1)
BC = "0044-03-15 BC"


@pytest.mark.parametrize(
    ("kind", "row_type", "expected"),
    [
        ("date", AsAny, [FIRST, datetime.date.max, BC]),
        ("date", AsDateOrText, [FIRST, datetime.date.max, BC]),
        ("date", AsText, ["2024-01-01", "infinity", BC]),
        ("date", AsDate, [FIRST, datetime.date.max]),
        ("date[]", AsTexts, [["2024-01-01"], ["infinity"], [BC]]),
        ("date[]", AsDates, [[FIRST], [datetime.date.max]]),
    ],
)
def test_a_field_takes_what_its_type_says(project: Project, kind: str, row_type: type[Any], expected: Any) -> None:
    values = ["2024-01-01", "infinity", BC]
    texts = [f"{{{value}}}" for value in values] if kind.endswith("[]") else values
    project.run(f"CREATE TABLE events (id int, at {kind})")
    project.run(*(f"INSERT INTO events VALUES ({at}, '{text}')" for at, text in enumerate(texts)))
    seen: list[Any] = []
    if len(expected) == len(texts):
        asyncio.run(rows_of(project.database, seen, row_type=row_type))
    else:
        with pytest.raises(PostgresRowError, match=r"its column 'at' holds '0044-03-15 BC', .* the type str"):
            asyncio.run(rows_of(project.database, seen, row_type=row_type))
    assert [row.at for row in seen] == expected


def test_intervals_are_text_where_a_field_takes_text(project: Project) -> None:
    project.run(
        "CREATE TABLE events (id int, at interval)",
        "INSERT INTO events VALUES (1, '1 mon'), (2, '1 day'), (3, 'infinity'), (4, NULL)",
    )
    seen: list[Any] = []
    asyncio.run(rows_of(project.database, seen, row_type=AsText))
    assert [row.at for row in seen] == ["1 mon", "1 day", "infinity", None]


DIGITS = "1" + "0" * 5000
DEEP = "[" * 4000 + "]" * 4000
_deep = pytest.param(
    DEEP, id="depth", marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python reads it since 3.13")
)


@pytest.mark.parametrize("json", [pytest.param(DIGITS, id="digits"), _deep])
@pytest.mark.parametrize("kind", ["json", "jsonb", "jsonb[]"])
def test_json_that_python_refuses_fails_its_row_alone(project: Project, kind: str, json: str) -> None:
    text = f"{{{json}}}" if kind == "jsonb[]" and json[0] == "1" else json if kind != "jsonb[]" else f'{{"{json}"}}'
    project.run(f"CREATE TABLE events (id int, at {kind})", f"INSERT INTO events VALUES (1, NULL), (2, '{text}')")
    project.run("INSERT INTO events VALUES (3, NULL)")
    for options in ({}, {"row_type": AsAny}):
        seen: list[Any] = []
        with pytest.raises(PostgresRowError, match=r"its column .at. holds .* cannot read as JSON"):
            asyncio.run(rows_of(project.database, seen, **options))
        assert len(seen) == 2
    if kind != "jsonb[]":
        seen = []
        asyncio.run(rows_of(project.database, seen, row_type=AsText))
        assert seen[1] == AsText(2, json)


def test_a_row_that_cannot_be_read_fails_after_all_others_were_given(project: Project) -> None:
    project.run(
        "CREATE TABLE events (id int, at date)",
        "INSERT INTO events SELECT n, '2024-01-01' FROM generate_series(1, 1200) n",
        "UPDATE events SET at = '0044-03-15 BC' WHERE id IN (1, 500, 700, 1200)",
    )
    seen: list[Any] = []
    with pytest.raises(PostgresRowError, match=r"4 rows of the table public.events cannot be read, such as: a row"):
        asyncio.run(rows_of(project.database, seen, row_type=AsDate))
    assert {row.id for row in seen} == set(range(1, 1201)) - {1, 500, 700, 1200}


DB = coco.ContextKey[Any]("target_db")
SCHEMA = postgres.TableSchema[Any]({"id": postgres.ColumnDef("bigint")}, ["id"])


@coco.fn
async def keep(row: AsDate, table: postgres.TableTarget[Any]) -> None:
    table.declare_row(row={"id": row.id})


@coco.fn
async def copy() -> None:
    table = await postgres.mount_table_target(DB, "copied", SCHEMA)
    source = postgres.PgTableSource(coco.use_context(DB), table_name="events", row_type=AsDate)
    await coco.mount_each(keep, source.fetch_rows().items(lambda row: row.id), table)


def test_nothing_counts_as_removed_for_a_row_that_cannot_be_read(project: Project) -> None:
    project.run("CREATE TABLE events (id int, at date)", "INSERT INTO events SELECT n FROM generate_series(1, 5) n")
    project.update(copy)
    project.run("UPDATE events SET at = '0044-03-15 BC' WHERE id = 2")
    with pytest.raises(PostgresRowError, match="its column 'at' holds"):
        project.update(copy)
    assert project.query("SELECT id FROM copied ORDER BY 1") == [(1,), (2,), (3,), (4,), (5,)]
    project.run("UPDATE events SET at = NULL")
    project.update(copy)
    assert project.query("SELECT count(*) FROM copied") == [(5,)]
