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
    """Statements that create, alter and drop tables, indexes and other attachments; see `Dialect`."""

    def create_statement(self, name: NameT, record: RecordT) -> str:
        """Return the `CREATE TABLE` statement of a table."""
        columns = ", ".join(self.column_clause(column, record) for column in record.columns)
        key = ", ".join(map(self.quoted, record.primary_key))
        return f"CREATE TABLE {self.identifier(name)} ({columns}, PRIMARY KEY ({key}))"

    def column_clause(self, column: str, record: RecordT) -> str:
        """Return the definition of a column for `CREATE TABLE` and `ADD COLUMN`."""
        declared = record.columns[column]
        return f"{self.quoted(column)} {declared.type}{'' if declared.nullable else ' NOT NULL'}"

    async def create(self, session: SessionT, name: NameT, record: RecordT, mark: Mark) -> None:
        """Create the table and set its mark."""
        await self.execute(session, self.create_statement(name, record))
        await self.set_mark(session, name, record, mark, None)

    async def make_anew(self, session: SessionT, name: NameT, record: RecordT, mark: Mark) -> None:
        """Drop the table and create it again as in `record`. An override should keep the table's privileges."""
        await self.drop(session, name)
        await self.create(session, name, record, mark)

    async def set_mark(self, session: SessionT, name: NameT, record: RecordT, mark: Mark, was: Mark | None) -> None:
        """Set the mark of the table, which replaces `was`; here in the table's comment."""
        comment = mark.comment.replace("'", "''")
        await self.execute(session, f"COMMENT ON TABLE {self.identifier(name)} IS '{comment}'")

    def can_be_marked(self, actual: ActualT) -> bool:
        """Whether the mark of an existing table can be changed."""
        return True

    async def add_column(self, session: SessionT, name: NameT, record: RecordT, column: str) -> None:
        """Add a nullable column."""
        clause = self.column_clause(column, record)
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} ADD COLUMN {clause}")

    async def drop_column(self, session: SessionT, name: NameT, column: str) -> None:
        """Drop a column."""
        await self.execute(session, f"ALTER TABLE {self.identifier(name)} DROP COLUMN {self.quoted(column)}")

    async def drop(self, session: SessionT, name: NameT) -> None:
        """Drop the table if it exists."""
        await self.execute(session, f"DROP TABLE IF EXISTS {self.identifier(name)}")

    def on_conflict(self, record: RecordT) -> str:
        """Return the end of an INSERT statement that updates existing rows; here an `ON CONFLICT` clause."""
        others = [self.quoted(name) for name in record.stored_columns if name not in record.primary_key]
        updates = ", ".join(f"{name} = excluded.{name}" for name in others)
        key = ", ".join(map(self.quoted, record.primary_key))
        return f"ON CONFLICT ({key}) DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}"

    async def count_rows(self, session: SessionT, name: NameT) -> int:
        """Return the number of rows of a table. No row may be added by others until the end of the transaction."""
        ((rows,),) = await self.execute(session, f"SELECT count(*) FROM {self.identifier(name)}")
        return int(rows)

    async def is_empty(self, session: SessionT, name: NameT) -> bool:
        """Whether a table has no rows. Every update calls this, so it must be fast for large tables too."""
        return not await self.execute(session, f"SELECT 1 FROM {self.identifier(name)} LIMIT 1")

    def index_name(self, name: NameT, key: str) -> str:
        """Return the name of a vector index in the database; `key` is its name in the program."""
        return f"{name}__vector__{key}"

    async def has_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> bool:
        """Whether the table has an index with this name; for `IndexHandler`."""
        return False

    async def create_index(self, session: SessionT, name: NameT, index: str, record: IndexRecord) -> None:
        """Create an index; for `IndexHandler`."""
        raise self.errors.attachment(f"the {self.name} connector does not support vector indexes")

    async def drop_index(self, session: SessionT, name: NameT, index: str) -> None:
        """Drop an index if it exists; for `IndexHandler`."""
        await self.execute(session, f"DROP INDEX IF EXISTS {self.quoted(index)}")

    async def run_command(self, db: DbT, command: SqlCommand) -> None:
        """Run a SQL command of a program; for `CommandHandler`.

        Raises:
            the `errors.attachment`: the database refuses the command, and `SqlCommand.may_be_done` does not excuse it.
        """
        raise self.errors.attachment(f"the {self.name} connector does not support SQL commands")
