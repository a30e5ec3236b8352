"""Statements that create and alter tables and their attachments: the third part of a `Dialect`.

Layer: connectorkits.
"""

from __future__ import annotations

from ._dialect_tables import DialectTables
from ._sql_command import SqlCommand
from ._table_mark import Mark
from ._type_variables import ActualT, DbT, NameT, RecordT, SessionT
from ._vector_index import IndexRecord

__all__ = ["DialectStatements"]


class DialectStatements(DialectTables[DbT, SessionT, NameT, RecordT, ActualT]):
    """The statements that make, alter and drop tables, indexes and the like; see `Dialect`."""

    def create_statement(self, name: NameT, record: RecordT) -> str:
        """CREATE TABLE."""
        columns = ", ".join(self.column_clause(column, record) for column in record.columns)
        key = ", ".join(map(self.quoted, record.primary_key))
        return f"CREATE TABLE {self.identifier(name)} ({columns}, PRIMARY KEY ({key}))"

    def column_clause(self, column: str, record: RecordT) -> str:
        """A column as it stands in CREATE TABLE and ADD COLUMN."""
        declared = record.columns[column]
        return f"{self.quoted(column)} {declared.type}{'' if declared.nullable else ' NOT NULL'}"

    async def create(self, session: SessionT, name: NameT, record: RecordT, mark: Mark) -> None:
        """Make the table, with its mark."""
        await self.execute(session, self.create_statement(name, record))
        await self.set_mark(session, name, record, mark, None)

    async def make_anew(self, session: SessionT, name: NameT, record: RecordT, mark: Mark) -> None:
        """Drop the table and make it as `record` says; who may do what with it should stay."""
        await self.drop(session, name)
        await self.create(session, name, record, mark)

    async def set_mark(self, session: SessionT, name: NameT, record: RecordT, mark: Mark, was: Mark | None) -> None:
        """Mark the table, which has the mark `was`; here in its comment."""
        comment = mark.comment.replace("'", "''")
        await self.execute(session, f"COMMENT ON TABLE {self.identifier(name)} IS '{comment}'")

    def can_be_marked(self, actual: ActualT) -> bool:
        """Whether a table that is there can get another mark."""
        return True

    async def add_column(self, session: SessionT, name: NameT, record: RecordT, column: str) -> None:
        """Add a column that may be NULL."""
        clause = self.column_clause(column, record)
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} ADD COLUMN {clause}")

    async def drop_column(self, session: SessionT, name: NameT, column: str) -> None:
        """Drop a column."""
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} DROP COLUMN {self.quoted(column)}")

    async def drop(self, session: SessionT, name: NameT) -> None:
        """Drop the table, if it is there."""
        await self.execute(session, f"DROP TABLE IF EXISTS {self.identifier(name)}")

    def on_conflict(self, record: RecordT) -> str:
        """The end of an INSERT that updates the rows which are there; here ON CONFLICT."""
        others = [self.quoted(name) for name in record.stored_columns if name not in record.primary_key]
        updates = ", ".join(f"{name} = excluded.{name}" for name in others)
        key = ", ".join(map(self.quoted, record.primary_key))
        return f"ON CONFLICT ({key}) DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}"

    async def count_rows(self, session: SessionT, name: NameT) -> int:
        """How many rows a table has; nobody adds one until the end of the transaction."""
        ((rows,),) = await self.execute(session, f"SELECT count(*) FROM {self.identifier(name)}")
        return int(rows)

    async def is_empty(self, session: SessionT, name: NameT) -> bool:
        """Whether a table has no rows; asked in each update, so it must not take longer where it has many."""
        return not await self.execute(session, f"SELECT 1 FROM {self.identifier(name)} LIMIT 1")

    def index_name(self, name: NameT, key: str) -> str:
        """The name of a vector index of a table in the database; `key` is what a program calls it."""
        return f"{name}__vector__{key}"

    async def has_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> bool:
        """Whether an index of that name is on the table; for `IndexHandler`."""
        return False

    async def create_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> None:
        """Make an index; for `IndexHandler`."""
        raise self.errors.attachment(f"{self.types.title} has no vector indexes here")

    async def drop_index(self, session: SessionT, name: NameT, index: str) -> None:
        """Drop an index, if it is there; for `IndexHandler`."""
        await self.execute(session, f"DROP INDEX IF EXISTS {self.quoted(index)}")

    async def run_command(self, db: DbT, command: SqlCommand) -> None:
        """Run the SQL of a program; for `CommandHandler`.

        Raises:
            the `errors.attachment`: the database refuses it, and not because it `may_be_done`.
        """
        raise self.errors.attachment(f"{self.types.title} runs no SQL commands here")
