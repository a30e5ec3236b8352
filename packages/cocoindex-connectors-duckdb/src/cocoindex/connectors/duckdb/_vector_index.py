"""HNSW indexes as target states, and the extension of DuckDB that makes them.

DuckDB connector, attachment layer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args

import cocoindex as coco
import duckdb
from cocoindex.connectorkits import shown, sql
from cocoindex.errors import SqlAttachmentError, SqlSchemaError

from ._types import kind_of
from .errors import DuckdbExtensionError

__all__ = ["IndexHandler", "Metric", "drop_unfinished_indexes", "index_key", "index_name", "index_record", "load_vss"]

Metric = Literal["cosine", "l2", "ip"]

_METRICS = {"cosine": "cosine", "l2": "l2sq", "ip": "ip"}
_LEAST = {"M": 2, "ef_construction": 1}
HOW_TO_LOAD = (
    f"load it with INSTALL vss, or pip install duckdb-extension-vss=={duckdb.__version__}, and open the connection anew"
)


class IndexRecord(NamedTuple):
    """An index: its column, the metric and the options in DuckDB's words."""

    column: str
    metric: str
    options: dict[str, int]


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


def index_name(table: str, key: str) -> str:
    """What an index is called in the database."""
    return f"{table}__vector__{key}"


def index_key(table: str, name: object) -> str:
    """The key of the index of that name."""
    sql.check_name(f"vector index of the table {table!r}", name, SqlSchemaError)
    return cast("str", name)


def index_record(
    schema: sql.TableSchema[Any, Any], table: str, column: str, metric: object, options: Mapping[str, int | None]
) -> IndexRecord:
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
    return IndexRecord(column, _METRICS[cast("str", metric)], given)


class IndexAction(NamedTuple):
    """What to do about one index: have it there, made anew or not, or drop it where there is no record."""

    table: str
    name: str
    record: IndexRecord | None
    anew: bool

    @property
    def removes(self) -> bool:
        return self.record is None

    async def apply(self, db: Any) -> None:
        what = f"the vector index {self.name!r} of the table {self.table!r} in the DuckDB database {db.database}"
        if self.record is not None and not db.has_vss:
            raise DuckdbExtensionError(f"{what} needs DuckDB's extension vss: {HOW_TO_LOAD}")
        try:
            with db.readonly() as cursor:
                found = cursor.execute("SELECT 1 FROM duckdb_indexes() WHERE index_name = ?", [self.name]).fetchall()
            if found and (self.record is None or self.anew):
                with db.transaction() as cursor:
                    cursor.execute(f"DROP INDEX IF EXISTS {sql.quoted(self.name)}")
            if self.record is not None and (self.anew or not found):
                with db.transaction() as cursor:
                    cursor.execute(self._create(self.record))
        except duckdb.Error as error:
            raise SqlAttachmentError(f"{what} cannot be {'made' if self.record else 'dropped'}: {error}") from error

    def _create(self, record: IndexRecord) -> str:
        options = "".join(f", {name} = {value}" for name, value in record.options.items())
        on = f"{sql.quoted(self.table)} USING HNSW ({sql.quoted(record.column)})"
        return f"CREATE INDEX {sql.quoted(self.name)} ON {on} WITH (metric = '{record.metric}'{options})"


class IndexHandler:
    """Reconciles the vector indexes of one table. It gives an action in every run, so that a lost index is remade."""

    def __init__(self, table: str, sink: coco.TargetActionSink[Any]) -> None:
        self._table = table
        self._sink = sink

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: IndexRecord | coco.NonExistenceType,
        prev_possible_records: Collection[IndexRecord],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[IndexAction, IndexRecord] | None:
        """An index made anew where its definition changed, dropped where it is no longer declared."""
        name = index_name(self._table, cast("str", key))
        if coco.is_non_existence(desired_target_state):
            action = IndexAction(self._table, name, None, False)
            return coco.TargetReconcileOutput(action, self._sink, coco.NON_EXISTENCE)
        anew = any(record != desired_target_state for record in prev_possible_records)
        action = IndexAction(self._table, name, desired_target_state, anew)
        return coco.TargetReconcileOutput(action, self._sink, desired_target_state)
