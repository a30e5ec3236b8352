"""Keys that PostgreSQL calls equal are one row, and a key deletes no row but its own: for every type of a key."""

from __future__ import annotations

import datetime
import decimal
import ipaddress
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectors import postgres
from cocoindex.connectors.postgres.errors import PostgresSchemaError
from cocoindex.errors import TargetStateError

if TYPE_CHECKING:
    from tests.conftest import Project

DB = coco.ContextKey[Any]("target_db")
D = decimal.Decimal
UTC = datetime.UTC
BERLIN = datetime.timezone(datetime.timedelta(hours=1))


@coco.fn
async def put(key: Any, table: postgres.TableTarget[Any]) -> None:
    table.declare_row(row={"k": key, "v": "x"})


@coco.fn
async def main(kind: str, keys: Sequence[Any]) -> None:
    schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef(kind), "v": postgres.ColumnDef("text")}, ["k"])
    table = await postgres.mount_table_target(DB, "docs", schema)
    for key in keys:
        await coco.mount(coco.component_subpath(repr(key)), put, key, table)


SPELLINGS: list[tuple[str, Any, Any]] = [
    ("numeric(6,2)", D("1.001"), D("1.002")),
    ("numeric(6,2)", D("1.0"), "1.00"),
    ("numeric(6,2)", D("0.005"), 0.01),
    ("numeric(3,-2)", 12349, 12300),
    ("numeric", D("1.10"), "1.1"),
    ("numeric", D("NaN"), D("-NaN")),
    ("numeric", D("-0.0"), 0),
    ("numeric", D("1E+3"), 1000),
    ("numeric(78,0)", D("1234567890123456789012345678901234567890.4"), D("1234567890123456789012345678901234567890")),
    ("real", 0.1, 0.10000000149011612),
    ("float(10)", 0.1, 0.10000000149),
    ("float(24)", 0.1, 0.10000000149),
    ("float(25)", 0.1, 0.1),
    ("real", float("nan"), -float("nan")),
    ("double precision", 0.0, -0.0),
    ("double precision", float("nan"), -float("nan")),
    ("date", "2024-1-1", "2024-01-01"),
    ("date", "2024-01-01", datetime.datetime(2024, 1, 1, 5)),
    ("date", "Infinity", "infinity"),
    ("timestamp(0)", datetime.datetime(2024, 1, 1, 5, 5, 5, 1), datetime.datetime(2024, 1, 1, 5, 5, 5)),
    ("timestamp(0)", datetime.datetime(1999, 12, 31, 23, 59, 59, 500000), datetime.datetime(1999, 12, 31, 23, 59, 59)),
    ("timestamp", "2024-01-01T05:00", "2024-1-1 5:00:00"),
    ("timestamptz", datetime.datetime(2024, 1, 1, tzinfo=BERLIN), datetime.datetime(2023, 12, 31, 23, tzinfo=UTC)),
    ("timestamptz", "2024-01-01 00:00:00+01", "2023-12-31T23:00:00Z"),
    ("timestamptz(3)", datetime.datetime(2024, 1, 1, tzinfo=UTC), "2024-01-01 00:00:00.0004+00"),
    ("time(0)", datetime.time(1, 2, 3, 4), datetime.time(1, 2, 3)),
    ("time(0)", datetime.time(23, 59, 59, 999_999), "24:00:00"),
    ("timetz", datetime.time(1, 2, tzinfo=BERLIN), "01:02:00+01:00"),
    ("interval", datetime.timedelta(hours=24), datetime.timedelta(days=1)),
    ("interval(0)", datetime.timedelta(seconds=-1.4), datetime.timedelta(seconds=-1)),
    ("varchar(5)", "abc", "abc"),
    ("varchar(5)", "abcde", "abcde   "),
    ("char(5)", "ab", "ab   "),
    ("bpchar", "ab", "ab "),
    ('text COLLATE "C"', "Ab", "Ab"),
    ('varchar(5) COLLATE pg_catalog."POSIX"', "abcde", "abcde   "),
    ("inet", "10.0.0.1", "10.0.0.1/32"),
    ("inet", "2001:DB8::1", ipaddress.ip_address("2001:db8:0::1")),
    ("cidr", "10.0.0.0/8", ipaddress.ip_network("10.0.0.0/8")),
    ("macaddr", "08:00:2B:01:02:03", "08002b010203"),
    ("uuid", uuid.UUID(int=5), "{00000000000000000000000000000005}"),
    ("jsonb", '{"b": 1.0, "a": [1e1]}', '{"a":[10],"b":2,"b":1}'),
    ("bytea", b"\0a", bytearray(b"\0a")),
    ("pg_catalog.int4", 1, True),
]


@pytest.mark.parametrize(("kind", "first", "second"), SPELLINGS)
def test_another_spelling_is_the_same_row(project: Project, kind: str, first: Any, second: Any) -> None:
    counts = []
    for keys in ([first], [second], [second], [first], []):
        project.update(main, kind, keys)
        assert project.failures == []
        counts += project.query("SELECT count(*)::int FROM docs")
    assert counts == [(1,), (1,), (1,), (1,), (0,)]


@coco.fn
async def put_all(kind: str, keys: Sequence[Any]) -> None:
    schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef(kind), "v": postgres.ColumnDef("text")}, ["k"])
    table = await postgres.mount_table_target(DB, "docs", schema)
    for key in keys:
        table.declare_row(row={"k": key, "v": "x"})


@pytest.mark.parametrize(("kind", "first", "second"), SPELLINGS)
def test_two_spellings_in_one_component_are_refused(project: Project, kind: str, first: Any, second: Any) -> None:
    with pytest.raises(TargetStateError, match=r"twice|already"):
        project.update(put_all, kind, [first, second])


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("varchar(5)", "abcde", "abcdefgh"),
        ("char(5)", "abcde", "abcdefgh"),
        ("numeric(3,2)", D("9.99"), D("9.999")),
        ("smallint", 1, 65537),
        ("integer", 1, 2**32 + 1),
        ("timestamp(0)", datetime.datetime(2024, 1, 1), datetime.datetime(2024, 1, 1, tzinfo=UTC)),
        ("date", "2024-01-01", "1.1.2024"),
        ("text", "ab", "a\0b"),
        ("jsonb", '"ab"', '"a\\u0000b"'),
        ("jsonb", {"ab": ["c"]}, {"a\0b": ["c"]}),
        ("jsonb", {"ab": ["c"]}, {"ab": ["\0c"]}),
        ("interval", datetime.timedelta(days=30), "1 month"),
        ("real", 1.0, 1e39),
        ("inet", "10.0.0.1", "10.0.0.256"),
    ],
)
def test_a_key_that_is_refused_takes_no_other_row_with_it(project: Project, kind: str, good: Any, bad: Any) -> None:
    for keys in ([good, bad], [good], [good]):
        project.update(main, kind, keys)
        assert len(project.failures) == keys.count(bad)
        assert project.query("SELECT count(*)::int FROM docs") == [(1,)]


def test_a_key_that_only_the_server_refuses_goes_without_a_failure(project: Project) -> None:
    project.run("CREATE TYPE mood AS ENUM ('good', 'bad')")
    project.update(main, "mood", ["good", "ugly"])
    assert len(project.failures) == 1
    project.update(main, "mood", ["good"])
    assert project.failures == []
    assert project.query("SELECT k::text FROM docs") == [("good",)]


@pytest.mark.parametrize("kind", ["text[]", "json", "vector(2)"])
def test_types_that_cannot_be_keys_are_refused_at_once(kind: str) -> None:
    with pytest.raises(PostgresSchemaError, match="the primary key column 'k'"):
        postgres.TableSchema[Any]({"k": postgres.ColumnDef(kind)}, ["k"])


@pytest.mark.parametrize("kind", ["citext", "money", "bit(3)", "int4range", "name", '"char"', "small"])
def test_types_that_the_server_alone_knows_are_refused_there(project: Project, kind: str) -> None:
    if kind == "citext":
        if not project.query("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'"):
            pytest.skip("the server has no citext")
        project.run("CREATE EXTENSION citext")
    project.run("CREATE DOMAIN small AS varchar(3)")
    with pytest.raises(PostgresSchemaError, match=r"its key column 'k' .* for which it is unknown"):
        project.update(main, kind, [])
    assert project.query("SELECT to_regclass('docs')") == [(None,)]


def test_a_collation_that_calls_different_texts_equal_is_refused(project: Project) -> None:
    try:
        project.run("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("the server was built without ICU")
    project.run("CREATE TABLE docs (k text COLLATE any_case PRIMARY KEY, v text)")

    @coco.fn
    async def used() -> None:
        schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef("text"), "v": postgres.ColumnDef("text")}, ["k"])
        await postgres.mount_table_target(DB, "docs", schema, managed_by="user")

    with pytest.raises(PostgresSchemaError, match="collation of its key column 'k' treats different texts as equal"):
        project.update(used)


@coco.fn
async def used(kind: str, keys: Sequence[Any]) -> None:
    schema = postgres.TableSchema[Any]({"k": postgres.ColumnDef(kind), "v": postgres.ColumnDef("text")}, ["k"])
    table = await postgres.mount_table_target(DB, "docs", schema, managed_by="user")
    for key in keys:
        table.declare_row(row={"k": key, "v": "x"})


@pytest.mark.parametrize(
    ("actual", "declared"),
    [("char(5)", "text"), ("numeric(6,2)", "numeric"), ("real", "double precision"), ("timestamp(0)", "timestamp")],
)
def test_a_users_key_column_of_another_type_than_declared_is_refused(
    project: Project, actual: str, declared: str
) -> None:
    project.run(f"CREATE TABLE docs (k {actual} PRIMARY KEY, v text)")
    with pytest.raises(PostgresSchemaError, match=r"its key column 'k' is .*; declare it with its actual type"):
        project.update(used, declared, [])
    project.update(used, actual, [])


@pytest.mark.parametrize(
    ("actual", "declared", "keys"),
    [("int", "bigint", [1, 2]), ("serial", "bigint", [1, 2]), ("varchar(5)", "text", ["a", "b"])],
)
def test_a_users_key_column_that_stores_values_alike_is_used(
    project: Project, actual: str, declared: str, keys: list[Any]
) -> None:
    project.run(f"CREATE TABLE docs (k {actual} PRIMARY KEY, v text)")
    for some in (keys, keys[1:], []):
        project.update(used, declared, some)
        assert project.query("SELECT k FROM docs ORDER BY 1") == [(key,) for key in some]


moments = st.datetimes(min_value=datetime.datetime(1990, 1, 1), max_value=datetime.datetime(2010, 1, 1))
zones = st.sampled_from([UTC, BERLIN, datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))])
# Few values near to one another, so that many of them are equal for the column.
near = st.integers(-30, 30)
decimals = near.map(lambda n: D(n) / 8) | near.map(lambda n: float(n) / 10) | near.map(lambda n: str(D(n) / 100))
seconds = st.sampled_from([datetime.datetime(1999, 12, 31, 23, 59, 59), datetime.datetime(2024, 1, 1)])
parts = st.integers(0, 8).map(lambda n: datetime.timedelta(microseconds=n * 125_000))
close = st.builds(lambda second, part: second + part, seconds, parts)
scalars = st.sampled_from(["1", "1.0", "1e0", "true", '"a"', "null"])
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "smallint": near,
    "numeric": decimals | st.decimals(allow_infinity=False, places=40, min_value=-1, max_value=1),
    "numeric(4,1)": decimals,
    "numeric(5,-1)": near.map(lambda n: n * 3),
    "real": near.map(lambda n: n / 10) | near.map(lambda n: n / 10 + 1e-9) | st.just(float("nan")),
    "double precision": near.map(lambda n: n / 10) | st.just(float("nan")) | st.just(float("inf")),
    "text": st.text(alphabet="aAé \n'\\", max_size=3),
    "varchar(2)": st.text(alphabet="aA ", max_size=4),
    "char(3)": st.text(alphabet="aA ", max_size=4),
    "bytea": st.binary(max_size=1),
    "boolean": st.booleans(),
    "date": close | close.map(lambda at: at.date()) | close.map(lambda at: f"{at.year}-{at.month}-{at.day}"),
    "timestamp(0)": close | close.map(str),
    "timestamp(1)": close,
    "timestamptz(0)": st.builds(lambda at, zone: at.replace(tzinfo=zone), close, zones) | close,
    "time(0)": close.map(lambda at: at.time()) | close.map(lambda at: str(at.time())),
    "timetz(0)": st.builds(lambda at, zone: at.time().replace(tzinfo=zone), close, zones),
    "interval(0)": near.map(lambda n: datetime.timedelta(seconds=n / 4)),
    "interval": near.map(lambda n: datetime.timedelta(hours=n * 12)),
    "inet": near.map(lambda n: f"10.0.0.{abs(n) % 4}" + ("/32" if n < 0 else "/8" if n > 15 else "")),
    "jsonb": scalars
    | st.lists(scalars, max_size=2).map(lambda parts: f"[{','.join(parts)}]")
    | st.tuples(scalars, scalars).map(lambda pair: f'{{"a":{pair[0]},"b":[{pair[1]}]}}')
    | st.tuples(scalars, scalars).map(lambda pair: f'{{"b":[{pair[1]}], "a":{pair[0]}}}'),
}


@pytest.mark.parametrize("kind", KINDS)
def test_keys_are_equal_where_the_server_says_so(project: Project, kind: str) -> None:
    def check(keys: list[Any]) -> None:
        project.update(main, kind, keys)
        assert _unlike_what_the_server_stores(project, kind, keys) == []

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(KINDS[kind], min_size=1, max_size=12, unique_by=repr), st.data())
    def holds(keys: list[Any], data: st.DataObject) -> None:
        check(keys)
        check(data.draw(st.lists(st.sampled_from(keys), max_size=6, unique_by=repr)))
        check([])

    holds()


def _unlike_what_the_server_stores(project: Project, kind: str, keys: list[Any]) -> list[Any]:
    """Rows that are there, or are not, unlike where the server alone takes the values."""
    with psycopg.connect(project.database) as connection:
        connection.execute("SET TimeZone TO 'UTC'")
        connection.execute(f"CREATE TEMPORARY TABLE plain (k {kind} PRIMARY KEY)".encode())
        for key in keys:
            value = key if isinstance(key, (bool, bytes, datetime.timedelta)) else str(key)
            try:
                with connection.transaction():
                    connection.execute(f"INSERT INTO plain VALUES (%s::{_wide(kind)})".encode(), [value])
            except (psycopg.errors.UniqueViolation, psycopg.DataError):
                pass
        unlike = "SELECT docs.k::text, plain.k::text FROM docs FULL JOIN plain ON docs.k = plain.k"
        return connection.execute(f"{unlike} WHERE docs.k IS NULL OR plain.k IS NULL".encode()).fetchall()


def _wide(kind: str) -> str:
    """The type of the value as it is assigned: without the length, to which a cast would cut it."""
    return "text" if "char" in kind else kind.partition("(")[0]
