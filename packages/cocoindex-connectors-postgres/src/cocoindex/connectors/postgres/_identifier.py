"""Names of schemas, tables, columns and indexes, as PostgreSQL takes them.

Postgres connector, lowest layer: names reach SQL through `psycopg.sql` only.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from psycopg import sql

from cocoindex.connectorkits import sql as sql_kit

from .errors import PostgresSchemaError

__all__ = ["TableName", "check_name", "shortened"]

_LONGEST = 63  # bytes; PostgreSQL cuts longer ones, by which two could become one


class TableName(NamedTuple):
    """A table: its schema and its name."""

    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.table)

    def beside(self, name: str) -> sql.Identifier:
        """The identifier of something else in the same schema, such as an index."""
        return sql.Identifier(self.schema, name)


def check_name(what: str, name: object) -> None:
    """Raise PostgresSchemaError, a ValueError, where `name` cannot be that of a `what`, such as "table"."""
    sql_kit.check_name(what, name, PostgresSchemaError)
    assert isinstance(name, str)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise PostgresSchemaError(f"the name of the {what} {name!r} is no text that UTF-8 can hold") from None
    if size > _LONGEST:
        raise PostgresSchemaError(
            f"the name of the {what} {name!r} has {size} bytes; PostgreSQL keeps {_LONGEST}, so give a shorter one"
        )


def shortened(name: str) -> str:
    """`name`, or where it is too long its beginning and a hash of it."""
    data = name.encode()
    if len(data) <= _LONGEST:
        return name
    suffix = "_" + hashlib.blake2b(data, digest_size=8).hexdigest()
    return data[: _LONGEST - len(suffix)].decode(errors="ignore") + suffix
