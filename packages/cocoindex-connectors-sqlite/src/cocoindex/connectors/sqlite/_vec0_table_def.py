"""The roles of the columns of a vec0 table, and their validation.

SQLite connector, schema layer. The limits are those of sqlite-vec, whose own messages do not name the invalid column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cocoindex.connectorkits import shown, sql

from ._column import vector_size
from .errors import SqliteArgumentError, SqliteSchemaError

__all__ = ["Vec0TableDef", "check_vec0", "vec0_type"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HIDDEN_COLUMNS = ("distance", "k")
_MAX_DIMENSIONS = 8192
_MAX_COLUMNS = {"partition key": 4, "auxiliary": 16, "metadata": 16, "vector": 16}
_TYPES = {
    "partition key": ("TEXT", "INTEGER"),
    "auxiliary": ("TEXT", "INTEGER", "FLOAT", "BLOB"),
    "metadata": ("TEXT", "INTEGER", "FLOAT", "BOOLEAN"),
}
_SYNONYMS = {"INT": "INTEGER", "REAL": "FLOAT", "DOUBLE": "FLOAT"}


@dataclass(frozen=True)
class Vec0TableDef:
    """Makes a table a vec0 virtual table of sqlite-vec, for nearest-neighbour search.

    It needs exactly one INTEGER primary key column, at least one `float[N]` column, and a connection with sqlite-vec
    loaded. Columns in neither list are metadata: a search can filter by them, and they cannot be NULL.

    Args:
        partition_key_columns: TEXT or INTEGER columns by which the vectors are partitioned; up to 4.
        auxiliary_columns: columns that are only stored: a search cannot filter by them; up to 16.

    Raises:
        SqliteArgumentError: (a TypeError) an argument is not a list of names.
    """

    partition_key_columns: list[str] = field(default_factory=list)
    auxiliary_columns: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for option in ("partition_key_columns", "auxiliary_columns"):
            names = getattr(self, option)
            if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
                raise SqliteArgumentError(f"{option}= of a Vec0TableDef is a list of column names, not {shown(names)}")

    @property
    def module_name(self) -> str:
        """The name of the virtual table module."""
        return "vec0"


def vec0_type(sqlite_type: str) -> str:
    """Return vec0's name of a type; for example, vec0 uses `FLOAT` instead of SQLite's `REAL`."""
    name = sqlite_type.strip()
    return name if vector_size(name) is not None else _SYNONYMS.get(name.upper(), name.upper())


def check_vec0(table: str, schema: sql.TableSchema[Any, Any], vec0: Vec0TableDef) -> None:
    """Raise SqliteSchemaError (a ValueError) if a vec0 table cannot have these columns."""
    key = schema.primary_key
    if len(key) != 1 or vec0_type(schema.columns[key[0]].type) != "INTEGER":
        raise SqliteSchemaError(f"the vec0 table {table!r} needs exactly one INTEGER primary key column, not {key}")
    roles = _roles(table, schema, vec0)
    if "vector" not in roles.values():
        raise SqliteSchemaError(f"the vec0 table {table!r} needs a vector column, of the type float[N]")
    for name, role in roles.items():
        _check_column(table, name, role, schema.columns[name].type)
    for role, most in _MAX_COLUMNS.items():
        count = sum(other == role for other in roles.values())
        if count > most:
            raise SqliteSchemaError(f"the vec0 table {table!r} has {count} {role} columns; sqlite-vec allows {most}")


def _roles(table: str, schema: sql.TableSchema[Any, Any], vec0: Vec0TableDef) -> dict[str, str]:
    roles = {
        name: "vector" if vector_size(column.type) is not None else "metadata"
        for name, column in schema.columns.items()
    }
    roles[schema.primary_key[0]] = "primary key"
    for role, names in (("partition key", vec0.partition_key_columns), ("auxiliary", vec0.auxiliary_columns)):
        _assign(table, roles, role, names)
    return roles


def _assign(table: str, roles: dict[str, str], role: str, names: Sequence[str]) -> None:
    for name in names:
        if name not in roles:
            raise SqliteSchemaError(
                f"the vec0 table {table!r} has no column {name!r} to be its {role} column; its columns are "
                f"{', '.join(map(repr, roles))}"
            )
        if roles[name] != "metadata":
            raise SqliteSchemaError(
                f"the column {name!r} of the vec0 table {table!r} is its {roles[name]} column already, and cannot be "
                f"its {role} column"
            )
        roles[name] = role


def _check_column(table: str, name: str, role: str, sqlite_type: str) -> None:
    where = f"the column {name!r} of the vec0 table {table!r}"
    if not _NAME.fullmatch(name) or name.lower() in _HIDDEN_COLUMNS:
        raise SqliteSchemaError(
            f"{where} needs another name: sqlite-vec allows ASCII letters, digits and underscores, beginning with a "
            "letter, and reserves 'distance' and 'k'"
        )
    size = vector_size(sqlite_type)
    if size is not None and not 1 <= size <= _MAX_DIMENSIONS:
        raise SqliteSchemaError(f"{where} has {size} dimensions; sqlite-vec takes 1 to {_MAX_DIMENSIONS}")
    if role in _TYPES and vec0_type(sqlite_type) not in _TYPES[role]:
        raise SqliteSchemaError(
            f"{where} has the type {sqlite_type!r}; a {role} column is one of {', '.join(_TYPES[role])}"
        )
