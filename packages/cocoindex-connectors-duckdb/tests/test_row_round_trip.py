"""Whatever row is declared comes back from the database as it was, may be written again, and is deleted by its key."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import math
import struct
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectors import duckdb

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[duckdb.ManagedConnection]("target_db")
Rows = dict[str, tuple[Any, Any]]


def float32(value: float) -> float:
    (rounded,) = struct.unpack("f", struct.pack("f", value))
    return float(rounded)


def decimals(places: int, limit: int) -> st.SearchStrategy[decimal.Decimal]:
    return st.integers(-limit, limit).map(lambda number: decimal.Decimal(f"{number}e-{places}"))


texts = st.text(st.characters(exclude_categories=["Cs"]))
single = st.floats(width=32, allow_nan=False)
moments = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30))
zones = st.timedeltas(datetime.timedelta(hours=-14), datetime.timedelta(hours=14)).map(
    lambda offset: datetime.timezone(datetime.timedelta(minutes=offset // datetime.timedelta(minutes=1)))
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
KEYS: dict[str, st.SearchStrategy[Any]] = {
    "BOOLEAN": st.booleans(),
    "TINYINT": st.integers(-(2**7), 2**7 - 1),
    "USMALLINT": st.integers(0, 2**16 - 1),
    "INTEGER": st.integers(-(2**31), 2**31 - 1),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "UBIGINT": st.integers(0, 2**64 - 1),
    "HUGEINT": st.integers(-(2**127), 2**127 - 1),
    "UHUGEINT": st.integers(0, 2**128 - 1),
    "FLOAT": st.floats(width=32),
    "DOUBLE": st.floats(),
    "DECIMAL(38, 9)": decimals(9, 10**38 - 1),
    "DECIMAL(4, 4)": decimals(4, 9999),
    "VARCHAR": texts,
    "BLOB": st.binary(),
    "UUID": st.uuids(),
    "DATE": st.dates(),
    "TIME": st.times(),
    "TIMESTAMP": st.datetimes(),
    "TIMESTAMPTZ": st.builds(lambda at, zone: at.replace(tzinfo=zone), moments, zones),
    "TIMESTAMP_S": st.datetimes().map(lambda at: at.replace(microsecond=0)),
    "ENUM('a', 'b''c', 'é')": st.sampled_from(["a", "b'c", "é"]),
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    **KEYS,
    "INTERVAL": st.timedeltas(datetime.timedelta(-(10**6)), datetime.timedelta(10**6)),
    "TIMETZ": st.builds(lambda at, zone: at.replace(tzinfo=zone), st.times(), zones),
    "FLOAT[3]": st.lists(single.filter(math.isfinite), min_size=3, max_size=3),
    "BIGINT[]": st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=4),
    "VARCHAR[][]": st.lists(st.none() | st.lists(st.none() | texts, max_size=3), max_size=3),
    "DOUBLE[]": st.lists(st.floats(allow_nan=False), max_size=4),
    "DECIMAL(10, 2)[2]": st.lists(decimals(2, 10**10 - 1), min_size=2, max_size=2),
    'STRUCT(a HUGEINT, "b c" VARCHAR, d STRUCT(e DATE[]))': st.fixed_dictionaries(
        {
            "a": st.none() | st.integers(-(2**127), 2**127 - 1),
            "b c": st.none() | texts,
            "d": st.none() | st.fixed_dictionaries({"e": st.none() | st.lists(st.dates(), max_size=2)}),
        }
    ),
    "MAP(VARCHAR, DOUBLE)": st.dictionaries(texts, st.floats(allow_nan=False), max_size=3),
    "MAP(INTEGER, UUID[])": st.dictionaries(st.integers(-9, 9), st.lists(st.uuids(), max_size=2), max_size=3),
    "JSON": json_values.filter(lambda value: value is not None),
}


@coco.fn
async def main(key_type: str, value_type: str, rows: list[tuple[Any, Any]]) -> None:
    columns = {"k": duckdb.ColumnDef(key_type), "v": duckdb.ColumnDef(value_type)}
    table = await duckdb.mount_table_target(DB, "docs", duckdb.TableSchema[Any](columns, ["k"]))
    for key, value in rows:
        table.declare_row(row={"k": key, "v": value})


def same(kind: str, found: Any, given: Any) -> bool:
    if kind == "JSON":
        return bool(found == given)
    if isinstance(given, float):
        return repr(found) == repr(given)  # which tells NaN and the sign of zero
    if isinstance(found, tuple):  # an array
        found = list(found)
    return type(found) is type(given) and bool(found == given)


def identity(key: Any) -> Any:
    """Equal for keys that are one row."""
    if isinstance(key, float):
        return "nan" if key != key else key + 0.0
    return key


def read(connection: duckdb.ManagedConnection) -> list[tuple[Any, Any]]:
    async def read() -> list[tuple[Any, Any]]:
        source = duckdb.DuckdbTableSource[dict[str, Any]](connection, table_name="docs")
        return [(row["k"], row["v"]) async for row in source.fetch_rows()]

    return asyncio.run(read())


def check(project: Project, key_type: str, value_type: str, rows: list[tuple[Any, Any]]) -> None:
    for _ in range(2):  # once more, as after a crash
        project.update(main, key_type, value_type, rows, full_reprocess=True)
        found = read(project.connection)
        assert len(found) == len(rows)
        for key, value in found:
            (given,) = [row for row in rows if identity(row[0]) == identity(key)]
            assert same(key_type, key, given[0]), (key, given)
            assert value is given[1] is None or same(value_type, value, given[1]), (value, given)
    project.update(main, key_type, value_type, [])
    assert project.query("SELECT count(*) FROM docs") == [(0,)]


@pytest.mark.parametrize("kind", VALUES)
def test_values(project: Project, kind: str) -> None:
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.none() | VALUES[kind], max_size=30))
    def holds(values: list[Any]) -> None:
        check(project, "BIGINT", kind, list(enumerate(values)))

    holds()


@pytest.mark.parametrize("kind", KEYS)
def test_keys(project: Project, kind: str) -> None:
    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(KEYS[kind], max_size=30, unique_by=identity))
    def holds(keys: list[Any]) -> None:
        check(project, kind, "VARCHAR", [(key, "x") for key in keys])

    holds()
