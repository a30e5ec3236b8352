"""Writing rows in bulk: one transaction for all the rows that come together, whatever tables they are of.

Postgres connector, row layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, sql
from psycopg.adapt import Dumper
from psycopg.pq import Format

import cocoindex as coco
from cocoindex.connectorkits import shown

from ._cursor import Connection, cursor_of, execute
from ._driver_errors import describe_failure, describe_unless_passing, is_of_a_row
from ._field import field_of
from ._identifier import TableName
from ._inspect_table import has_cascades, settable_columns
from ._row_key import key_texts
from ._statements import delete_rows, find_rows, replace_staged, stage, upsert_row, upsert_staged, value_type
from ._table_record import TableRecord
from ._type_name import read_type
from .errors import PostgresRowError

__all__ = ["RowAction", "TableWriter", "write_rows"]

_STAGING = sql.Identifier("pg_temp", "cocoindex_staged")
_DROP_STAGING = sql.SQL("DROP TABLE {}").format(_STAGING)
_TEXT = sql.SQL("text")
# Below this number a statement a row, all sent at once, costs less than making and dropping a temporary table.
_FEW = 50
_CHUNK = 1 << 18
_COPY = sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(_STAGING)
_MAY_STAGE = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')"
_COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END = b"\xff\xff"
_INT = Struct("!i")


class TableWriter:
    """Writes the rows of one table; the statements are worked out once.

    Attributes:
        has_told: whether it was said that rows were there before they were declared.
    """

    has_told = False

    def __init__(self, name: TableName, record: TableRecord) -> None:
        columns = [record.columns[column] for column in record.stored_columns]
        as_text = [field_of(read_type(column.type).of_values) is None for column in columns]
        types = [_TEXT if text else value_type(column) for column, text in zip(columns, as_text, strict=True)]
        casts = [value_type(column) if text else None for column, text in zip(columns, as_text, strict=True)]
        self.name = name
        self.primary_key = record.primary_key
        self._upsert = upsert_row(name, record, types, casts)
        self._stage = stage(_STAGING, types)
        self._upsert_staged = upsert_staged(name, record, _STAGING, casts)
        self._delete = delete_rows(name, record)
        self._find = find_rows(name, record)
        self._record = record
        self._casts = casts
        self._may_stage: bool | None = None

    async def delete(self, connection: Connection, keys: Sequence[coco.StableKey]) -> None:
        """Delete the rows under these keys, those that are there."""
        texts = [key_texts(key, len(self.primary_key)) for key in keys]
        await execute(connection, self._delete, [list(column) for column in zip(*texts, strict=True)])

    async def present(self, connection: Connection, keys: Sequence[coco.StableKey]) -> list[int]:
        """At which places of `keys` there are rows."""
        texts = [key_texts(key, len(self.primary_key)) for key in keys]
        found = await execute(connection, self._find, [list(column) for column in zip(*texts, strict=True)])
        return [at - 1 for (at,) in found]

    async def write(self, connection: Connection, rows: Sequence[bytes]) -> None:
        """Insert or update these rows, tuples of binary COPY."""
        if len(rows) < _FEW or not await self._can_stage(connection):
            async with cursor_of(connection) as cursor:
                cursor.adapters.register_dumper(_Field, _FieldDumper)
                await cursor.executemany(self._upsert, [_fields(row) for row in rows])
            return
        await self._copy(connection, rows)
        await execute(connection, self._upsert_staged)
        await execute(connection, _DROP_STAGING)

    async def replace(self, connection: Connection, rows: Sequence[bytes]) -> bool:
        """Write these rows at once, so that rows may exchange values that are unique.

        Returns:
            Whether that could be done without harm to rows of other tables that refer to these.
        """
        if len(rows) < 2 or not await self._can_stage(connection) or await has_cascades(connection, self.name):
            return False
        others = [name for name in await settable_columns(connection, self.name) if name not in self._record.columns]
        await self._copy(connection, rows)
        await execute(connection, replace_staged(self.name, self._record, _STAGING, self._casts, others))
        await execute(connection, self._upsert_staged)  # those that are new
        await execute(connection, _DROP_STAGING)
        return True

    async def _copy(self, connection: Connection, rows: Sequence[bytes]) -> None:
        await execute(connection, self._stage)
        async with cursor_of(connection) as cursor, cursor.copy(_COPY) as copy:
            for chunk in _chunks(rows):
                await copy.write(chunk)

    async def _can_stage(self, connection: Connection) -> bool:
        """Whether the role may make temporary tables in this database."""
        if self._may_stage is None:
            ((self._may_stage,),) = await execute(connection, _MAY_STAGE)
        return bool(self._may_stage)

    def name_of(self, key: coco.StableKey) -> str:
        """What to call the row under `key`, in messages."""
        parts = key if isinstance(key, tuple) and len(self.primary_key) > 1 else (key,)
        pairs = zip(self.primary_key, parts, strict=True)
        return f"({', '.join(f'{name}={shown(part)}' for name, part in pairs)})"


class RowAction(NamedTuple):
    """What to do about one row: write this data, or delete it where there is none.

    `asks` is its fingerprint where it has to be found out whether the row was there before.
    """

    writer: TableWriter
    key: coco.StableKey
    data: bytes | None
    asks: bytes | None = None


async def write_rows(connection: Connection, actions: Mapping[int, RowAction]) -> set[int]:
    """Apply the actions, in the transaction that the connection is in.

    Returns:
        Of the rows that ask those that were there.

    Raises:
        PostgresRowError: the database refuses a row; it is named.
    """
    were_there = await _were_there(connection, actions)
    tables = _by_table(actions.values())
    # Deletes come first: what a row that moved to another key leaves may be unique.
    for writer, deletes, _ in tables:
        if deletes:
            await _delete(connection, writer, deletes)
    for writer, _, writes in tables:
        if writes:
            await _write(connection, writer, writes)
    return were_there


async def _were_there(connection: Connection, actions: Mapping[int, RowAction]) -> set[int]:
    asking: dict[TableWriter, list[int]] = {}
    for at, action in actions.items():
        if action.asks is not None:
            asking.setdefault(action.writer, []).append(at)
    return {
        at
        for writer, group in asking.items()
        for at in await _present(connection, writer, [(at, actions[at].key) for at in group])
    }


async def _present(connection: Connection, writer: TableWriter, keys: Sequence[tuple[int, coco.StableKey]]) -> set[int]:
    try:
        async with connection.transaction():
            found = await writer.present(connection, [key for _, key in keys])
            return {keys[at][0] for at in found}
    except psycopg.DataError:
        # A key that the server cannot read is that of no row.
        if len(keys) == 1:
            return set()
        middle = len(keys) // 2
        first = await _present(connection, writer, keys[:middle])
        return first | await _present(connection, writer, keys[middle:])
    except psycopg.Error as error:
        raise describe_unless_passing(error, f"looking for rows of the table {writer.name}") from error


async def _delete(connection: Connection, writer: TableWriter, keys: Sequence[coco.StableKey]) -> None:
    try:
        async with connection.transaction():
            await writer.delete(connection, keys)
    except psycopg.DataError:
        # A key that the server cannot read, as it could not when the row was written, is that of no row.
        if len(keys) == 1:
            return
        middle = len(keys) // 2
        await _delete(connection, writer, keys[:middle])
        await _delete(connection, writer, keys[middle:])
    except psycopg.Error as error:
        raise describe_unless_passing(error, f"deleting rows of the table {writer.name}") from error


async def _write(connection: Connection, writer: TableWriter, writes: Sequence[RowAction]) -> None:
    try:
        async with connection.transaction():
            await writer.write(connection, _data(writes))
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise describe_unless_passing(error, f"writing rows of the table {writer.name}") from error
        if isinstance(error, errors.UniqueViolation) and await _replaced(connection, writer, writes):
            return
        culprit, error = await _culprit(connection, writer, writes, error)
        raise PostgresRowError(
            f"PostgreSQL refuses the row {writer.name_of(culprit.key)} of the table {writer.name}: "
            f"{describe_failure(error, 'storing it')}"
        ) from error


async def _replaced(connection: Connection, writer: TableWriter, writes: Sequence[RowAction]) -> bool:
    try:
        async with connection.transaction():
            return await writer.replace(connection, _data(writes))
    except psycopg.Error as error:
        if not is_of_a_row(error):
            raise describe_unless_passing(error, f"writing rows of the table {writer.name}") from error
        return False


async def _culprit(
    connection: Connection, writer: TableWriter, writes: Sequence[RowAction], error: psycopg.Error
) -> tuple[RowAction, psycopg.Error]:
    """The row that is refused, given those before it, and why. What is written to find it is rolled back later."""
    while len(writes) > 1:
        first, second = writes[: len(writes) // 2], writes[len(writes) // 2 :]
        try:
            async with connection.transaction():
                await writer.write(connection, _data(first))
            writes = second
        except psycopg.Error as found:
            if not is_of_a_row(found):
                raise
            writes, error = first, found
    return writes[0], error


def _data(actions: Sequence[RowAction]) -> list[bytes]:
    return [action.data for action in actions if action.data is not None]


def _by_table(
    actions: Iterable[RowAction],
) -> list[tuple[TableWriter, list[coco.StableKey], list[RowAction]]]:
    tables: dict[TableWriter, tuple[list[coco.StableKey], list[RowAction]]] = {}
    for action in actions:
        groups = tables.get(action.writer)
        if groups is None:
            groups = tables[action.writer] = ([], [])
        if action.data is None:
            groups[0].append(action.key)
        else:
            groups[1].append(action)
    return [(writer, deletes, writes) for writer, (deletes, writes) in tables.items()]


def _chunks(rows: Sequence[bytes]) -> Iterator[bytes]:
    """The whole of a binary COPY, in pieces that are worth a system call each."""
    chunk, size = [_COPY_HEAD], 0
    for row in rows:
        chunk.append(row)
        size += len(row)
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
