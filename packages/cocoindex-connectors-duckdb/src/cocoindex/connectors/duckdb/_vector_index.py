"""What HNSW indexes are made of, and the extension of DuckDB that makes them.

DuckDB connector, attachment layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast, get_args

import duckdb
from cocoindex.connectorkits import shown, sql
from cocoindex.errors import SqlSchemaError

from ._types import kind_of
from .errors import DuckdbExtensionError

__all__ = ["HOW_TO_LOAD", "Metric", "create_statement", "drop_unfinished_indexes", "index_record", "load_vss"]

Metric = Literal["cosine", "l2", "ip"]

_METRICS = {"cosine": "cosine", "l2": "l2sq", "ip": "ip"}
_LEAST = {"M": 2, "ef_construction": 1}
HOW_TO_LOAD = (
    f"load it with INSTALL vss, or pip install duckdb-extension-vss=={duckdb.__version__}, and open the connection anew"
)


def load_vss(connection: duckdb.DuckDBPyConnection, *, required: bool) -> bool:
    """Load the extension from where DuckDB installed it, or from the package of its name; whether that succeeded.

    Raises:
        DuckdbExtensionError: `required`, and it did not.
    """
    found = find_spec("duckdb_extension_vss")
    folders = [] if found is None else found.submodule_search_locations or []
    packaged = [file for folder in folders for file in Path(folder).glob(f"*/v{duckdb.__version__}/vss.*_extension")]
    problem: Exception | None = None
    for source in ("vss", *map(str, packaged)):
        try:
            connection.execute(f"LOAD '{source.replace(chr(39), 2 * chr(39))}'")
            connection.execute("SET GLOBAL hnsw_enable_experimental_persistence = true")
            return True
        except duckdb.Error as error:
            problem = problem or error
    if required:
        raise DuckdbExtensionError(f"DuckDB's extension vss is not at hand: {problem}; {HOW_TO_LOAD}") from problem
    return False


def drop_unfinished_indexes(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop our indexes in a database that was not closed: DuckDB does not bring them up to date, and fails by them."""
    for (name,) in connection.execute(
        "SELECT index_name FROM duckdb_indexes() WHERE sql LIKE '%USING HNSW%'"
    ).fetchall():
        if "__vector__" in name:
            connection.execute(f"DROP INDEX {sql.quoted(name)}")


def index_record(
    schema: sql.TableSchema[Any, Any], table: str, column: str, metric: object, options: Mapping[str, int | None]
) -> sql.IndexRecord:
    """The record of an index that is declared so.

    Raises:
        SqlSchemaError: there can be no such index.
    """
    where = f"the vector index on the column {column!r} of the table {table!r}"
    if column not in schema.columns:
        raise SqlSchemaError(f"{where}: there is no such column, only {', '.join(map(repr, schema.columns))}")
    kind = kind_of(schema.columns[column].type)
    if kind.id != "array" or str(dict(kind.children)["child"]) != "FLOAT":
        raise SqlSchemaError(f"{where}: its type is {kind}, and only FLOAT[n] is indexed")
    if metric not in get_args(Metric):
        raise SqlSchemaError(f"{where}: the metric is one of 'cosine', 'l2', 'ip', not {shown(metric)}")
    given = {name: value for name, value in options.items() if value is not None}
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < _LEAST[name]:
            raise SqlSchemaError(f"{where}: {name.lower()} is an int of {_LEAST[name]} or more, not {shown(value)}")
    return sql.IndexRecord(column, _METRICS[cast("str", metric)], "HNSW", given)


def create_statement(table: str, index: str, record: sql.IndexRecord) -> str:
    """CREATE INDEX."""
    options = "".join(f", {name} = {value}" for name, value in record.options.items())
    on = f"{sql.quoted(table)} USING {record.method} ({sql.quoted(record.column)})"
    return f"CREATE INDEX {sql.quoted(index)} ON {on} WITH (metric = '{record.operators}'{options})"
