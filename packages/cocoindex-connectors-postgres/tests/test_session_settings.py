"""Values arrive as they were, and are read so, whatever role, database, encoding and environment are set to."""

from __future__ import annotations

import datetime
import decimal
import struct
import uuid
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresTableError

if TYPE_CHECKING:
    from tests.conftest import Project, Server

DB = coco.ContextKey[Any]("target_db")
UTC = datetime.UTC

HOSTILE = [
    "SET client_encoding TO 'LATIN1'",
    "SET DateStyle TO 'SQL, DMY'",
    "SET IntervalStyle TO 'sql_standard'",
    "SET TimeZone TO 'Asia/Kolkata'",
    "SET bytea_output TO 'escape'",
    "SET extra_float_digits TO -10",
    "SET standard_conforming_strings TO off",
    "SET search_path TO 'public'",
    "SET array_nulls TO off",
]


def latin(exclude: str = "") -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="latin-1", exclude_characters="\0" + exclude), max_size=8)


moments = st.datetimes(min_value=datetime.datetime(2, 1, 1), max_value=datetime.datetime(9998, 1, 1))
intervals = st.timedeltas(min_value=datetime.timedelta(days=-9999), max_value=datetime.timedelta(days=9999))
floats = st.floats(allow_nan=False)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(width=32, allow_nan=False),
    "double precision": floats,
    "numeric": st.decimals(allow_nan=False, allow_infinity=False),
    "text": latin(),
    "varchar(8)": latin(" "),
    "bytea": st.binary(max_size=8),
    "uuid": st.uuids(),
    "date": moments.map(lambda at: at.date()),
    "time": st.times(),
    "timestamp": moments,
    "timestamptz": moments.map(lambda at: at.replace(tzinfo=UTC)),
    "interval": intervals,
    "jsonb": st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | latin(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(latin(), inner, max_size=3),
        max_leaves=5,
    ).map(lambda value: [value]),
    "inet": st.ip_addresses(),
    "text[]": st.lists(latin() | st.just("NULL") | st.none(), max_size=3),
    "bytea[]": st.lists(st.binary(max_size=4) | st.none(), max_size=2),
    "numeric[]": st.lists(st.decimals(allow_nan=False, allow_infinity=False) | st.none(), max_size=2),
    "timestamptz[]": st.lists(moments.map(lambda at: at.replace(tzinfo=UTC)) | st.none(), max_size=2),
    "date[]": st.lists(moments.map(lambda at: at.date()), max_size=2),
    "interval[]": st.lists(intervals, max_size=2),
    "double precision[]": st.lists(floats, max_size=2),
}
KEYS = [kind for kind in VALUES if not kind.endswith("]") and kind != "uuid"]


def name(kind: str) -> str:
    return "v_" + "".join(letter if letter.isalpha() else "_" for letter in kind)


@coco.fn
async def main(rows: list[dict[str, Any]], key: str) -> None:
    columns = {name(kind): postgres.ColumnDef(kind) for kind in VALUES}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, [name(key), "v_uuid"]))
    for row in rows:
        table.declare_row(row=row)


@coco.fn
async def read(seen: list[dict[str, Any]]) -> None:
    async for row in postgres.PgTableSource(coco.use_context(DB), table_name="docs").fetch_rows():
        seen.append(row)


rows_of_all_kinds = st.fixed_dictionaries({name(kind): values for kind, values in VALUES.items()})


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1"])
@pytest.mark.parametrize("hostile", [False, True])
def test_values_of_all_types_come_back(project: Project, server: Server, encoding: str, hostile: bool) -> None:
    with server.new_database(encoding) as project.database:
        for statement in HOSTILE if hostile else ():
            server.run(f"ALTER DATABASE {conninfo_to_dict(project.database)['dbname']} {statement}")
        _check(project)


def _check(project: Project) -> None:
    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(rows_of_all_kinds, max_size=3, unique_by=lambda row: row["v_uuid"]), st.sampled_from(KEYS), st.data()
    )
    def comes_back(few: list[dict[str, Any]], key: str, data: st.DataObject) -> None:
        more = data.draw(st.booleans()) and few  # with these, rows go another way into the table
        rows = [*few, *({**few[0], "v_uuid": uuid.uuid4()} for _ in range(60))] if more else few
        project.update(main, rows, key)
        assert project.failures == []
        assert _plain_rows(project) == _in_order(rows)
        seen: list[dict[str, Any]] = []
        project.update(read, seen, app="reader")
        assert _in_order(seen) == _in_order(rows)
        project.update(main, few[1:], key)
        assert _plain_rows(project) == _in_order(few[1:])
        project.update(main, [], key)
        assert project.failures == []
        assert _plain_rows(project) == []
        project.run("DROP TABLE docs")

    comes_back()


def _plain_rows(project: Project) -> list[dict[str, Any]]:
    options = "-c extra_float_digits=1 -c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex"
    with psycopg.connect(project.database, client_encoding="utf8", options=options) as plain:
        cursor = plain.cursor(row_factory=psycopg.rows.dict_row)
        return _in_order(cursor.execute("SELECT * FROM docs").fetchall())


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # The driver reads the shortest text of a number of 32 bits as one of 64.
    exact = [{**row, "v_real": struct.unpack("f", struct.pack("f", row["v_real"]))[0]} for row in rows]
    return sorted(exact, key=lambda row: row["v_uuid"])


@coco.fn
async def one(value: Any) -> None:
    columns = {"id": postgres.ColumnDef("text"), "v": postgres.ColumnDef("text")}
    table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
    await coco.mount(coco.component_subpath("good"), put, "good", table)
    await coco.mount(coco.component_subpath("row"), put, value, table)


@coco.fn
async def put(value: str, table: postgres.TableTarget[Any]) -> None:
    table.declare_row(row={"id": value, "v": value})


def test_a_text_that_the_database_cannot_hold_fails_alone(project: Project, server: Server) -> None:
    with server.new_database("LATIN1") as project.database:
        project.update(one, "漢")
        assert [str(failure) for failure in project.failures if "refuses the row" in str(failure)]
        project.update(one, "é")
        assert project.failures == []
        assert project.query("SELECT id FROM docs ORDER BY 1") == [("good",), ("é",)]


def test_the_encoding_of_the_environment_means_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    project.update(one, "é漢")
    assert project.failures == []
    monkeypatch.delenv("PGCLIENTENCODING")
    assert project.query("SELECT id FROM docs ORDER BY 1") == [("good",), ("é漢",)]


def test_a_time_without_a_time_zone_is_in_utc(project: Project) -> None:
    @coco.fn
    async def naive() -> None:
        columns = {"id": postgres.ColumnDef("timestamptz"), "at": postgres.ColumnDef("timestamptz")}
        table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
        table.declare_row(row={"id": datetime.datetime(2024, 7, 1), "at": datetime.datetime(2024, 7, 1, 12)})

    project.pool_options = {"kwargs": {"options": "-c timezone=Asia/Kolkata"}}
    project.update(naive)
    midnight = datetime.datetime(2024, 7, 1, tzinfo=UTC)
    assert project.query("SELECT * FROM docs") == [(midnight, midnight.replace(hour=12))]


@pytest.mark.parametrize("other", ["Etc/UTC", "Asia/Kolkata"])
def test_rows_are_the_same_to_memos_whatever_the_time_zone_of_the_server(project: Project, other: str) -> None:
    @coco.fn(memo=True)
    def read(row: dict[str, Any]) -> None:
        found.append(row["at"].tzinfo)

    @coco.fn
    async def main() -> None:
        source = postgres.PgTableSource(coco.use_context(DB), table_name="moments")
        await coco.mount_each(read, source.fetch_rows().items(lambda row: row["at"].isoformat()))

    found: list[Any] = []
    project.run("CREATE TABLE moments (at timestamptz)", "INSERT INTO moments VALUES ('2024-01-02 03:04:05+06')")
    for zone in ("UTC", other):
        project.run(f"ALTER DATABASE {conninfo_to_dict(project.database)['dbname']} SET TimeZone TO '{zone}'")
        project.update(main)
    assert found == [UTC]


def test_numbers_of_more_digits_than_pythons_decimal_reckons_with(project: Project) -> None:
    big = decimal.Decimal("1234567890123456789012345678901234567890.5")
    following = decimal.Decimal("1234567890123456789012345678901234567891.5")

    @coco.fn
    async def numbers(ids: list[decimal.Decimal]) -> None:
        columns = {"id": postgres.ColumnDef("numeric"), "v": postgres.ColumnDef("numeric")}
        table = await postgres.mount_table_target(DB, "docs", postgres.TableSchema[Any](columns, ["id"]))
        for id in ids:
            table.declare_row(row={"id": id, "v": id})

    for ids in ([big, following], [following], []):
        project.update(numbers, ids)
        assert project.query("SELECT id FROM docs WHERE id = v ORDER BY 1") == [(id,) for id in ids]


def test_a_database_that_only_reads_is_told_with_what_to_do(project: Project) -> None:
    project.update(main, [], "integer")
    project.pool_options = {"kwargs": {"options": "-c default_transaction_read_only=on"}}
    project.update(main, [], "integer")  # nothing is to be written
    with pytest.raises(PostgresTableError, match=r"read-only transaction; .*target_session_attrs=read-write"):
        project.update(main, [], "bigint")
