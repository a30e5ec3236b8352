"""Finds rows that the server accepted without an error, but did not store as given.

Postgres connector, row layer. A trigger, a rule or a policy can drop a row, or store it under another key.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Any, NoReturn

from psycopg.adapt import Dumper
from psycopg.pq import Format

from cocoindex.connectorkits import sql as sql_kit

from ._cursor import Connection, execute, execute_each
from ._identifier import TableName
from .errors import PostgresRowError

__all__ = ["refuse_dropped", "send_each"]

_INT = Struct("!i")
_MEDDLERS = """
    SELECT 'view ' || c.relname FROM pg_catalog.pg_class c WHERE c.oid = $1::regclass AND c.relkind = 'v'
    UNION ALL
    SELECT 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t WHERE t.tgrelid = $1::regclass AND NOT t.tgisinternal
    UNION ALL
    SELECT 'rule ' || r.rulename FROM pg_catalog.pg_rewrite r WHERE r.ev_class = $1::regclass AND r.ev_type <> '1'
    ORDER BY 1
"""


async def send_each(session: Connection, statement: str, writes: Sequence[sql_kit.RowAction]) -> list[int]:
    """Execute a statement for each row; return how many rows each execution affected."""
    return await execute_each(session, statement, [_fields(action.values) for action in writes], {_Field: _FieldDumper})


async def refuse_dropped(session: Connection, name: TableName, row: str) -> NoReturn:
    """Raise the error for a row that the server did not store without reporting it; `row` names the row in messages."""
    found = [meddler for (meddler,) in await execute(session, _MEDDLERS, (name.quoted,))]
    by = f" ({', '.join(found)})" if found else ""
    raise PostgresRowError(
        f"PostgreSQL accepted the row {row} of the table {name} without an error, but did not store it as declared: "
        f"a trigger, rule, policy or view{by} dropped it, changed its primary key, or hides a row that has it. Change "
        "that, or do not declare such rows"
    )


class _Field(bytes):
    """A value in PostgreSQL's binary form."""


class _FieldDumper(Dumper):
    format = Format.BINARY  # without a type (OID 0): the server uses the type that the parameter is cast to

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def _fields(row: bytes) -> list[_Field | None]:
    """Return the fields of a tuple of binary COPY."""
    fields: list[_Field | None] = []
    at = 2
    while at < len(row):
        (size,) = _INT.unpack_from(row, at)
        at += 4
        fields.append(None if size < 0 else _Field(row[at : at + size]))
        at += max(size, 0)
    return fields
