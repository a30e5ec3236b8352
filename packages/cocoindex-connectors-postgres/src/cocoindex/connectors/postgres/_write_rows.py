"""Writing the rows of a table, few by a statement each, many through a temporary table that binary COPY fills.

Postgres connector, row layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import Any

from psycopg.adapt import Dumper
from psycopg.pq import Format

import cocoindex as coco
from cocoindex.connectorkits import sql as sql_kit
from cocoindex.connectorkits.target import ManagedBy

from ._cursor import Connection, cursor_of, execute
from ._field import field_of
from ._identifier import TableName
from ._inspect_table import has_cascades, settable_columns
from ._session_settings import settle_arrays
from ._statements import delete_rows, find_rows, replace_staged, stage, upsert_row, upsert_staged, value_type
from ._table_record import TableRecord
from ._type_name import read_type

__all__ = ["TableWriter"]

_STAGING = "pg_temp.cocoindex_staged"
_DROP_STAGING = f"DROP TABLE {_STAGING}"
# Below this number a statement a row, all sent at once, costs less than making and dropping a temporary table.
_FEW = 50
_CHUNK = 1 << 18
_COPY = f"COPY {_STAGING} FROM STDIN (FORMAT BINARY)"
_MAY_STAGE = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')"
_WHICH = """
    SELECT pg_catalog.obj_description(c.oid, 'pg_class'), c.oid::text
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2
"""
_IS_PLAIN = """
    SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
"""
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_INT = Struct("!i")


class TableWriter(sql_kit.TableWriter):
    """Writes the rows of one table; the statements are worked out once."""

    def __init__(self, name: TableName, record: TableRecord) -> None:
        super().__init__(name, record)
        columns = [record.columns[column] for column in record.stored_columns]
        as_text = [field_of(read_type(column.type).of_values) is None for column in columns]
        types = ["text" if text else value_type(column) for column, text in zip(columns, as_text, strict=True)]
        casts = [value_type(column) if text else None for column, text in zip(columns, as_text, strict=True)]
        self._upsert = upsert_row(name, record, types, casts)
        self._stage = stage(_STAGING, types)
        self._upsert_staged = upsert_staged(name, record, _STAGING, casts)
        self._record = record
        # What we made is no view, and has no partitions.
        self._is_plain: bool | None = True if record.managed_by == ManagedBy.SYSTEM else None
        self._casts = casts
        self._may_stage: bool | None = None
        self._has_arrays = any(column.type.endswith("]") or " ARRAY" in column.type.upper() for column in columns)

    def key_values(self, key: coco.StableKey) -> tuple[str, ...]:
        return tuple("\\x" + part.hex() if isinstance(part, bytes) else str(part) for part in self.key_parts(key))

    async def check_table(self, dialect: Any, db: Any, session: Connection) -> None:
        """By one statement, as no transaction is without it."""
        if not (self._record.mark or self._record.identity):
            return
        rows = await execute(session, _WHICH, tuple(self.name))
        if not any(_is_of(self._record, comment, oid) for comment, oid in rows):
            raise self.lost(dialect, db, is_gone=not rows)

    async def delete(self, session: Connection, keys: Sequence[tuple[str, ...]]) -> None:
        statement = delete_rows(await self._itself(session), self._record)
        await execute(session, statement, [list(column) for column in zip(*keys, strict=True)])

    async def present(self, session: Connection, keys: Sequence[tuple[str, ...]]) -> list[int]:
        statement = find_rows(await self._itself(session), self._record)
        found = await execute(session, statement, [list(column) for column in zip(*keys, strict=True)])
        return [at - 1 for (at,) in found]

    async def write(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> None:
        if self._has_arrays:
            await settle_arrays(session)
        if len(writes) < _FEW or not await self._can_stage(session):
            async with cursor_of(session) as cursor:
                cursor.adapters.register_dumper(_Field, _FieldDumper)
                await cursor.executemany(self._upsert, [_fields(action.values) for action in writes])
            return
        await self._copy(session, writes)
        await execute(session, self._upsert_staged)
        await execute(session, _DROP_STAGING)

    async def replace(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> bool:
        if len(writes) < 2 or not await self._can_stage(session) or await has_cascades(session, self.name):
            return False
        if self._has_arrays:
            await settle_arrays(session)
        others = [name for name in await settable_columns(session, self.name) if name not in self._record.columns]
        await self._copy(session, writes)
        table = await self._itself(session)
        await execute(session, replace_staged(self.name, table, self._record, _STAGING, self._casts, others))
        await execute(session, self._upsert_staged)  # those that are new
        await execute(session, _DROP_STAGING)
        return True

    async def _copy(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> None:
        await execute(session, self._stage)
        async with cursor_of(session) as cursor, cursor.copy(_COPY) as copy:
            for chunk in _chunks(writes):
                await copy.write(chunk)

    async def _itself(self, session: Connection) -> str:
        """The table as statements find its rows: without those of tables that inherit from it, which others keep."""
        if self._is_plain is None:
            self._is_plain = bool(await execute(session, _IS_PLAIN, tuple(self.name)))
        return f"ONLY {self.name.quoted}" if self._is_plain else self.name.quoted

    async def _can_stage(self, session: Connection) -> bool:
        """Whether the role may make temporary tables in this database."""
        if self._may_stage is None:
            ((self._may_stage,),) = await execute(session, _MAY_STAGE)
        return bool(self._may_stage)


def _is_of(record: TableRecord, comment: str | None, oid: str) -> bool:
    """Whether the table with this comment and number is the one that a record tells of."""
    mark = sql_kit.Mark.read(comment) if record.mark else None
    return record.identity.endswith(f"/{oid}") or (mark is not None and mark.token == record.mark)


def _chunks(writes: Sequence[sql_kit.RowAction]) -> Iterator[bytes]:
    """The whole of a binary COPY, in pieces that are worth a system call each."""
    chunk, size = [_COPY_HEAD], 0
    for action in writes:
        chunk.append(action.values)
        size += len(action.values)
        if size > _CHUNK:
            yield b"".join(chunk)
            chunk, size = [], 0
    yield b"".join((*chunk, _COPY_END))


class _Field(bytes):
    """A value in PostgreSQL's binary form."""


class _FieldDumper(Dumper):
    format = Format.BINARY  # of type 0: the server takes the type that the parameter is cast to

    def dump(self, obj: Any) -> bytes:
        return bytes(obj)


def _fields(row: bytes) -> list[_Field | None]:
    """The fields of a tuple of binary COPY."""
    fields: list[_Field | None] = []
    at = 2
    while at < len(row):
        (size,) = _INT.unpack_from(row, at)
        at += 4
        fields.append(None if size < 0 else _Field(row[at : at + size]))
        at += max(size, 0)
    return fields
