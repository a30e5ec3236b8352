"""Creates HNSW indexes, and loads DuckDB's extension vss for them.

DuckDB connector, attachment layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast, get_args

import duckdb
from cocoindex.connectorkits import sql

from ._driver_text import said
from ._types import kind_of, parts_of
from .errors import DuckdbExtensionError

__all__ = [
    "_HOW_TO_LOAD",
    "Metric",
    "create_statement",
    "drop_unfinished_indexes",
    "has_vss",
    "index_record",
    "load_vss",
]

Metric = Literal["cosine", "l2", "ip"]

_METRICS = {"cosine": "cosine", "l2": "l2sq", "ip": "ip"}
_LEAST = {"m": (2, None), "ef_construction": (1, None)}
_HAS_VSS = "SELECT 1 FROM duckdb_extensions() WHERE extension_name = 'vss' AND loaded"
_HOW_TO_LOAD = (
    f"load it with INSTALL vss, or pip install duckdb-extension-vss=={duckdb.__version__}, and open the connection anew"
)


def has_vss(connection: duckdb.DuckDBPyConnection) -> bool | None:
    """Say whether the extension is loaded; None if the database may not look, as `enable_external_access` is off."""
    try:
        return bool(connection.execute(_HAS_VSS).fetchall())
    except duckdb.PermissionException:
        return None


def load_vss(connection: duckdb.DuckDBPyConnection, *, required: bool) -> bool:
    """Load the extension from DuckDB's own installation, or from its Python package; return whether that succeeded.

    Raises:
        DuckdbExtensionError: it could not be loaded, and is `required`.
    """
    found = find_spec("duckdb_extension_vss")
    folders = [] if found is None else found.submodule_search_locations or []
    packaged = [file for folder in folders for file in Path(folder).glob(f"*/v{duckdb.__version__}/vss.*_extension")]
    problem: duckdb.Error | None = None
    for source in ("vss", *map(str, packaged)):
        try:
            connection.execute(f"LOAD '{source.replace(chr(39), 2 * chr(39))}'")
            connection.execute("SET GLOBAL hnsw_enable_experimental_persistence = true")
            return True
        except duckdb.Error as error:
            problem = problem or error
    if required:
        raise DuckdbExtensionError(
            f"DuckDB's extension vss is not available: {said(problem)}; {_HOW_TO_LOAD}"
        ) from problem
    return False


def needs_vss(what: str, why: str = "it is not loaded") -> DuckdbExtensionError:
    """Return the error for a missing extension."""
    return DuckdbExtensionError(f"{what} needs DuckDB's extension vss: {why}; {_HOW_TO_LOAD}")


def drop_unfinished_indexes(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop this connector's indexes in a database that was not closed: DuckDB cannot recover them, and fails."""
    for (name,) in connection.execute(
        "SELECT index_name FROM duckdb_indexes() WHERE sql LIKE '%USING HNSW%'"
    ).fetchall():
        if "__vector__" in name:
            connection.execute(f"DROP INDEX {sql.quoted(name)}")


def index_record(
    schema: sql.TableSchema[Any, Any], table: str, column: str, metric: object, options: Mapping[str, int | None]
) -> sql.IndexRecord:
    """Return the record of a declared index.

    Raises:
        SqlSchemaError: DuckDB does not support such an index.
    """
    index = sql.IndexDefinition(schema, table, column)
    kind = kind_of(index.type)
    if kind.id != "array" or str(parts_of(kind)["child"]) != "FLOAT":
        raise index.unfit(f"its type is {kind}, and only FLOAT[n] is indexed")
    index.check_choice("metric", metric, get_args(Metric))
    return sql.IndexRecord(column, _METRICS[cast("str", metric)], "HNSW", index.options(options, _LEAST))


def create_statement(table: str, index: str, record: sql.IndexRecord) -> str:
    """Return the CREATE INDEX statement."""
    options = "".join(f", {name} = {value}" for name, value in record.options.items())
    on = f"{sql.quoted(table)} USING {record.method} ({sql.quoted(record.column)})"
    return f"CREATE INDEX {sql.quoted(index)} ON {on} WITH (metric = '{record.operators}'{options})"
