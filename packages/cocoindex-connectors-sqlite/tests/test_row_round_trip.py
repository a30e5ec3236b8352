"""Whatever row is declared comes back from the database, may be written again, and is deleted by its key."""

from __future__ import annotations

import math
import struct
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cocoindex as coco
from cocoindex.connectorkits.sql import RowAction
from cocoindex.connectors import sqlite
from cocoindex.connectors.sqlite._identifier import folded, quoted
from cocoindex.connectors.sqlite._row_encoder import RowEncoder
from cocoindex.connectors.sqlite._row_key import values_of
from cocoindex.connectors.sqlite._statements import create_table, drop_table
from cocoindex.connectors.sqlite._table_record import record_of
from cocoindex.connectors.sqlite._write_rows import TableWriter

from .row_sink import RowSink

integers = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
floats = st.floats(allow_nan=False)
vectors = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=3, max_size=3)
VALUES = {"INTEGER": integers, "TEXT": texts, "REAL": floats, "BLOB": st.binary(), "float[3]": vectors}
KEYS = {"INTEGER": integers, "TEXT": texts, "REAL": floats, "BLOB": st.binary()}

# Names that SQLite tells apart, whatever they consist of.
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
table_names = names.filter(lambda name: not folded(name).startswith("sqlite_"))


@st.composite
def tables(draw: st.DrawFn) -> tuple[sqlite.TableSchema[Any], list[dict[str, Any]]]:
    """A schema of a few columns, and a few rows for it with keys that differ."""
    columns = draw(st.lists(names, min_size=2, max_size=5, unique_by=folded))
    key_columns = draw(st.integers(1, len(columns)))
    types = [draw(st.sampled_from([*(KEYS if i < key_columns else VALUES)])) for i in range(len(columns))]
    schema = sqlite.TableSchema[Any](
        {name: sqlite.ColumnDef(kind) for name, kind in zip(columns, types, strict=True)}, columns[:key_columns]
    )
    row = st.tuples(*(VALUES[kind] if i < key_columns else st.none() | VALUES[kind] for i, kind in enumerate(types)))
    rows = draw(st.lists(row, max_size=5, unique_by=lambda values: values[:key_columns]))
    return schema, [dict(zip(columns, values, strict=True)) for values in rows]


def as_stored(value: Any) -> Any:
    return struct.pack("<3f", *value) if isinstance(value, list) else value


def same(one: Any, other: Any) -> bool:
    # SQLite keeps a REAL that is whole as an integer on disk, where negative zero has no place.
    return bool(one == other) and ((isinstance(one, float) and one == 0) or type(one) is type(other))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), name=table_names)
def test_round_trip(
    connection: sqlite.ManagedConnection, table: tuple[sqlite.TableSchema[Any], list[dict[str, Any]]], name: str
) -> None:
    schema, rows = table
    record = record_of(schema, "system", None)
    encoder, writer = RowEncoder(name, schema, record), TableWriter(name, record)
    context = coco.ContextProvider()
    context.provide(coco.ContextKey("db"), connection)
    encoded = [encoder.encode(row) for row in rows]
    with connection.transaction() as transaction:
        transaction.execute(drop_table(name))
        transaction.execute(create_table(name, record))

    RowSink("db")(context, [RowAction(writer, (), row.values) for _, row in encoded])
    RowSink("db")(context, [RowAction(writer, (), row.values) for _, row in encoded])  # again, as after a crash
    with connection.readonly() as reader:
        found = reader.execute(f"SELECT * FROM {quoted(name)}").fetchall()
    assert len(found) == len(rows)
    expected = {key: [as_stored(value) for value in row.values()] for (key, _), row in zip(encoded, rows, strict=True)}
    for values in found:
        key, _ = encoder.encode(dict(zip(schema.columns, values, strict=True)))
        assert all(map(same, values, expected[key])), (values, expected[key])

    RowSink("db")(context, [RowAction(writer, values_of(key, writer.key_columns), None) for key, _ in encoded])
    with connection.transaction() as transaction:
        assert transaction.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone() == (0,)
        transaction.execute(drop_table(name))


def test_infinity_is_kept(connection: sqlite.ManagedConnection) -> None:
    with connection.transaction() as transaction:
        transaction.execute("CREATE TABLE t (x REAL)")
        transaction.execute("INSERT INTO t VALUES (?)", (-math.inf,))
        assert transaction.execute("SELECT x FROM t").fetchone() == (-math.inf,)
