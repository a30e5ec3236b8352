"""Checks and creates pgvector indexes.

Postgres connector, attachment layer.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from cocoindex.connectorkits import sql

from ._identifier import TableName
from ._type_name import read_type

__all__ = ["Method", "Metric", "create_index", "index_record"]

Metric = Literal["cosine", "l2", "ip"]
Method = Literal["ivfflat", "hnsw"]

# The options of each method with their minimum and maximum in pgvector.
_OPTIONS: dict[str, dict[str, tuple[int, int | None]]] = {
    "ivfflat": {"lists": (1, 32768)},
    "hnsw": {"m": (2, 100), "ef_construction": (4, 1000)},
}
_MOST_ELEMENTS = {"vector": 2000, "halfvec": 4000}  # that pgvector can index


def index_record(
    schema: sql.TableSchema[Any, Any],
    table: str,
    column: str,
    metric: str,
    method: str,
    options: dict[str, int | None],
) -> sql.IndexRecord:
    """Return the record of a declared index.

    Raises:
        PostgresSchemaError: pgvector does not support such an index.
    """
    index = sql.IndexDefinition(schema, table, column)
    vectors = read_type(index.type)
    if not vectors.is_vector:
        raise index.unfit(f"its type is {index.type}, and only vector and halfvec are indexed")
    index.check_choice("metric", metric, get_args(Metric))
    index.check_choice("method", method, get_args(Method))
    _check_size(index, vectors.base, vectors.vector_size)
    given = index.options(options, _OPTIONS[method], of=method)
    if given.get("ef_construction", 64) < 2 * given.get("m", 16):
        raise index.unfit("ef_construction (64 where none is given) is at least twice m (16)")
    return sql.IndexRecord(column, f"{vectors.base}_{metric}_ops", method, given)


def _check_size(index: sql.IndexDefinition, kind: str, size: int | None) -> None:
    most = _MOST_ELEMENTS[kind]
    if size is None:
        raise index.unfit(f"the column has to say how many elements it has, as in {kind}(384)")
    if size > most:
        advice = "; half precision goes up to 4000: give the column the type halfvec" if kind == "vector" else ""
        raise index.unfit(f"it has {size} elements, and pgvector indexes up to {most}{advice}")


def create_index(table: TableName, name: str, record: sql.IndexRecord) -> str:
    """Return the CREATE INDEX statement."""
    options = ", ".join(f"{sql.quoted(option)} = {value}" for option, value in record.options.items())
    column, operators = sql.quoted(record.column), sql.quoted(record.operators)
    made = f"CREATE INDEX {sql.quoted(name)} ON {table.quoted} USING {sql.quoted(record.method)} ({column} {operators})"
    return f"{made} WITH ({options})" if options else made
