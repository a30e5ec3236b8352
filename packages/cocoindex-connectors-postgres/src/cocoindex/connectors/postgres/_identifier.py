"""Names of schemas, tables, columns and indexes in PostgreSQL.

Postgres connector, lowest layer: names appear in SQL only in quotes.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from cocoindex.connectorkits import sql

from .errors import PostgresSchemaError

__all__ = ["TableName", "check_name", "shortened"]

_LONGEST = 63  # bytes; PostgreSQL truncates longer names, so that two names could become the same


class TableName(NamedTuple):
    """A table: its schema and its name."""

    schema: str
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"

    @property
    def quoted(self) -> str:
        """The quoted name for SQL statements."""
        return f"{sql.quoted(self.schema)}.{sql.quoted(self.table)}"


def check_name(what: str, name: object) -> None:
    """Raise PostgresSchemaError (a ValueError) if `name` is not a valid name for a `what`, such as "table"."""
    sql.check_name(what, name, PostgresSchemaError)
    assert isinstance(name, str)
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise PostgresSchemaError(f"the name of the {what} {name!r} cannot be encoded as UTF-8") from None
    if size > _LONGEST:
        raise PostgresSchemaError(
            f"the name of the {what} {name!r} has {size} bytes; PostgreSQL allows {_LONGEST}; use a shorter one"
        )


def shortened(name: str) -> str:
    """Return `name`; if it is too long, its beginning followed by a hash of the whole name."""
    data = name.encode()
    if len(data) <= _LONGEST:
        return name
    suffix = "_" + hashlib.blake2b(data, digest_size=8).hexdigest()
    return data[: _LONGEST - len(suffix)].decode(errors="ignore") + suffix
