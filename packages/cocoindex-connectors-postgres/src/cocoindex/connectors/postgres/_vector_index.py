"""pgvector indexes: which there can be, and how they are made.

Postgres connector, attachment layer.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from cocoindex.connectorkits import shown, sql

from ._identifier import TableName
from ._type_name import read_type
from .errors import PostgresSchemaError

__all__ = ["Method", "Metric", "create_index", "index_record"]

Metric = Literal["cosine", "l2", "ip"]
Method = Literal["ivfflat", "hnsw"]

# Each method's options with the least and the most that pgvector takes, and the most elements that it can index.
_OPTIONS: dict[str, dict[str, tuple[int, int]]] = {
    "ivfflat": {"lists": (1, 32768)},
    "hnsw": {"m": (2, 100), "ef_construction": (4, 1000)},
}
_MOST_ELEMENTS = {"vector": 2000, "halfvec": 4000}


def index_record(
    schema: sql.TableSchema[Any, Any],
    table: str,
    column: str,
    metric: str,
    method: str,
    options: dict[str, int | None],
) -> sql.IndexRecord:
    """The record of an index that is declared so.

    Raises:
        PostgresSchemaError: pgvector can make no such index.
    """
    where = f"the vector index on the column {column!r} of the table {table!r}"
    if column not in schema.columns:
        raise PostgresSchemaError(f"{where}: there is no such column, only {', '.join(map(repr, schema.columns))}")
    vectors = read_type(schema.columns[column].type)
    if not vectors.is_vector:
        raise PostgresSchemaError(
            f"{where}: its type is {schema.columns[column].type}, and only vector and halfvec are indexed"
        )
    if metric not in get_args(Metric) or method not in get_args(Method):
        raise PostgresSchemaError(
            f"{where}: the metric is one of {get_args(Metric)}, the method one of {get_args(Method)}, and {metric!r} "
            f"with {method!r} was asked for"
        )
    _check_size(where, vectors.base, vectors.vector_size)
    given = {name: value for name, value in options.items() if value is not None}
    _check_options(where, method, given)
    return sql.IndexRecord(column, f"{vectors.base}_{metric}_ops", method, given)


def _check_size(where: str, kind: str, size: int | None) -> None:
    most = _MOST_ELEMENTS[kind]
    if size is None:
        raise PostgresSchemaError(f"{where}: the column has to say how many elements it has, as in {kind}(384)")
    if size > most:
        advice = "; half precision goes up to 4000: give the column the type halfvec" if kind == "vector" else ""
        raise PostgresSchemaError(f"{where}: it has {size} elements, and pgvector indexes up to {most}{advice}")


def _check_options(where: str, method: str, given: dict[str, int]) -> None:
    for name, value in given.items():
        if name not in _OPTIONS[method]:
            raise PostgresSchemaError(
                f"{where}: {name} is no option of {method}; leave it out, or choose another method"
            )
        least, most = _OPTIONS[method][name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise PostgresSchemaError(f"{where}: {name} is an int from {least} to {most}, not {shown(value)}")
    if given.get("ef_construction", 64) < 2 * given.get("m", 16):
        raise PostgresSchemaError(f"{where}: ef_construction (64 where none is given) is at least twice m (16)")


def create_index(table: TableName, name: str, record: sql.IndexRecord) -> str:
    """CREATE INDEX."""
    options = ", ".join(f"{sql.quoted(option)} = {value}" for option, value in record.options.items())
    column, operators = sql.quoted(record.column), sql.quoted(record.operators)
    made = f"CREATE INDEX {sql.quoted(name)} ON {table.quoted} USING {sql.quoted(record.method)} ({column} {operators})"
    return f"{made} WITH ({options})" if options else made
