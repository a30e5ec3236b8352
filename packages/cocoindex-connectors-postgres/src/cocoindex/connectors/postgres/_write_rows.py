"""Writes the rows of a table: few rows with one statement each, many rows through a temporary table and binary COPY.

Postgres connector, row layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import cocoindex as coco
from cocoindex.connectorkits import sql as sql_kit
from cocoindex.connectorkits.target import ManagedBy

from ._cursor import Connection, cursor_of, execute, rows_affected
from ._field import field_of
from ._identifier import TableName
from ._inspect_table import has_cascades, settable_columns
from ._kept_rows import refuse_dropped, send_each
from ._session_settings import settle_arrays
from ._statements import delete_rows, find_rows, replace_staged, same_row, stage, upsert_row, upsert_staged, value_type
from ._table_record import TableRecord
from ._type_name import read_type

__all__ = ["TableWriter"]

_STAGING = "pg_temp.cocoindex_staged"
_DROP_STAGING = f"DROP TABLE {_STAGING}"
# Below this number of rows, one statement per row, all sent at once, is faster than creating and dropping a temporary
# table.
_FEW = 50
_CHUNK = 1 << 18
_COPY = f"COPY {_STAGING} FROM STDIN (FORMAT BINARY)"
_MAY_STAGE = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')"
_WHICH = """
    SELECT pg_catalog.obj_description(c.oid, 'pg_class'), c.oid::text, c.relkind <> 'r' OR c.relhastriggers AND EXISTS (
        SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), c.relkind = 'v'
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2
"""
_IS_PLAIN = """
    SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
"""
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"


class TableWriter(sql_kit.TableWriter):
    """Writes the rows of one table; its statements are generated once."""

    def __init__(self, name: TableName, record: TableRecord) -> None:
        super().__init__(name, record)
        columns = [record.columns[column] for column in record.stored_columns]
        as_text = [field_of(read_type(column.type).of_values) is None for column in columns]
        types = ["text" if text else value_type(column) for column, text in zip(columns, as_text, strict=True)]
        casts = [value_type(column) if text else None for column, text in zip(columns, as_text, strict=True)]
        self._stage = stage(_STAGING, types)
        self._record = record
        # A table created by this connector is not a view and has no partitions.
        self._is_plain: bool | None = True if record.managed_by == ManagedBy.SYSTEM else None
        self._casts = casts
        self._types = types
        self._is_view = False
        self._has_triggers = False  # also if it may: partitions, and the table behind a view, have their own
        self._phrase()
        self._may_stage: bool | None = None
        self._has_arrays = any(column.type.endswith("]") or " ARRAY" in column.type.upper() for column in columns)

    def key_values(self, key: coco.StableKey) -> tuple[str, ...]:
        return tuple("\\x" + part.hex() if isinstance(part, bytes) else str(part) for part in self.key_parts(key))

    async def check_table(self, dialect: Any, db: Any, session: Connection) -> None:
        """Raise if the table is no longer the recorded one; this takes one query, since every transaction runs it."""
        rows = await execute(session, _WHICH, tuple(self.name))
        self._has_triggers = any(has_triggers for _, _, has_triggers, _ in rows)
        is_view = any(is_view for *_, is_view in rows)
        if is_view != self._is_view:
            self._is_view = is_view
            self._phrase()
        if not (self._record.mark or self._record.identity):
            return
        if not any(_is_of(self._record, comment, oid) for comment, oid, *_ in rows):
            raise self.lost(dialect, db, is_gone=not rows)

    def _phrase(self) -> None:
        """Generate the statements that depend on whether the table is a view."""
        visible = self._is_view
        self._upsert = upsert_row(self.name, self._record, self._types, self._casts, visible=visible)
        self._upsert_staged = upsert_staged(self.name, self._record, _STAGING, self._casts, visible=visible)

    async def delete(self, session: Connection, keys: Sequence[tuple[str, ...]]) -> int:
        statement = delete_rows(await self._itself(session), self._record)
        return await rows_affected(session, statement, [list(column) for column in zip(*keys, strict=True)])

    async def present(self, session: Connection, keys: Sequence[tuple[str, ...]]) -> list[int]:
        statement = find_rows(await self._itself(session), self._record)
        found = await execute(session, statement, [list(column) for column in zip(*keys, strict=True)])
        return [at - 1 for (at,) in found]

    async def write(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> None:
        if self._has_arrays:
            await settle_arrays(session)
        if len(writes) < _FEW or not await self._can_stage(session):
            count = sum(await send_each(session, self._upsert, writes))
        else:
            await self._copy(session, writes)
            count = await rows_affected(session, self._upsert_staged)
            await execute(session, _DROP_STAGING)
        await self._check_kept(session, writes, count)

    async def replace(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> bool:
        if len(writes) < 2 or not await self._can_stage(session) or await has_cascades(session, self.name):
            return False
        if self._has_arrays:
            await settle_arrays(session)
        others = [name for name in await settable_columns(session, self.name) if name not in self._record.columns]
        await self._copy(session, writes)
        table = await self._itself(session)
        await execute(session, replace_staged(self.name, table, self._record, _STAGING, self._casts, others))
        count = await rows_affected(session, self._upsert_staged)  # new rows are not inserted yet
        await execute(session, _DROP_STAGING)
        await self._check_kept(session, writes, count)
        return True

    async def _check_kept(self, session: Connection, writes: Sequence[sql_kit.RowAction], count: int) -> None:
        """Raise if the server did not store a row and reported no error; `count` is how many rows it wrote."""
        if count < len(writes) and (row := await self._dropped(session, writes)) is not None:
            await refuse_dropped(session, self.name, self.name_of(row))
        if self._has_triggers:
            keys = [self.key_values(action.key) for action in writes]
            there = set(await self.present(session, keys))
            for at, action in enumerate(writes):
                if at not in there:
                    await refuse_dropped(session, self.name, self.name_of(action))

    async def _dropped(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> sql_kit.RowAction | None:
        """Return the first row that is not stored as written; None if all are, written now or equal before."""
        if len(self._record.stored_columns) > len(self.primary_key):
            counts = await send_each(session, self._upsert, writes)
            writes = [action for action, count in zip(writes, counts, strict=True) if not count]
        same = same_row(await self._itself(session), self._record, self._types)
        found = await send_each(session, same, writes) if writes else []
        return next((action for action, count in zip(writes, found, strict=True) if not count), None)

    async def _copy(self, session: Connection, writes: Sequence[sql_kit.RowAction]) -> None:
        await execute(session, self._stage)
        async with cursor_of(session) as cursor, cursor.copy(_COPY) as copy:
            for chunk in _chunks(writes):
                await copy.write(chunk)

    async def _itself(self, session: Connection) -> str:
        """Return the table as written after FROM; a plain table with ONLY, to exclude tables that inherit from it."""
        if self._is_plain is None:
            self._is_plain = bool(await execute(session, _IS_PLAIN, tuple(self.name)))
        return f"ONLY {self.name.quoted}" if self._is_plain else self.name.quoted

    async def _can_stage(self, session: Connection) -> bool:
        """Say whether the role may create temporary tables in this database."""
        if self._may_stage is None:
            ((self._may_stage,),) = await execute(session, _MAY_STAGE)
        return bool(self._may_stage)


def _is_of(record: TableRecord, comment: str | None, oid: str) -> bool:
    """Say whether the table with this comment and this OID is the one in the record."""
    mark = sql_kit.Mark.read(comment) if record.mark else None
    return record.identity.endswith(f"/{oid}") or (mark is not None and mark.token == record.mark)


def _chunks(writes: Sequence[sql_kit.RowAction]) -> Iterator[bytes]:
    """Yield the data of a binary COPY, in chunks large enough for one system call each."""
    chunk, size = [_COPY_HEAD], 0
    for action in writes:
        chunk.append(action.values)
        size += len(action.values)
        if size > _CHUNK:
            yield b"".join(chunk)
            chunk, size = [], 0
    yield b"".join((*chunk, _COPY_END))
