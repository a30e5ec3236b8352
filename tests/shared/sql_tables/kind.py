"""What tells one kind of database from another, to tests that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["KINDS", "Kind"]


class Kind(NamedTuple):
    """One kind of database.

    Args:
        module: the connector.
        source: what reads the rows of a table.
        argument_error: what it raises for arguments of the wrong kind.
        table_error: what it raises for tables.
        integer, text: types of columns.
        tables: a query that gives the names of all tables.
        is_there: a query that has rows where the table `docs` is there.
        columns: one that gives the names of its columns.
        shown: what messages call the table `docs`; `{}` stands for the database.
        keys: types of key columns, each with values, and a literal of another one.
    """

    module: Any
    source: Any
    argument_error: type[Exception]
    table_error: type[Exception]
    integer: str
    text: str
    tables: str
    is_there: str
    columns: str
    shown: str
    keys: Sequence[tuple[str, list[Any], str]]

    def schema(self, *key: str, **columns: str) -> Any:
        """A table schema: names of columns with their types; the primary key is `id` where nothing else is said."""
        made = {name: self.module.ColumnDef(kind) for name, kind in columns.items()}
        return self.module.TableSchema[Any](made, list(key or ("id",)))

    @property
    def made_by_hand(self) -> str:
        """The statement by which somebody else makes the table `docs`."""
        return f"CREATE TABLE docs (id {self.integer} NOT NULL, a {self.text}, PRIMARY KEY (id))"


KINDS: dict[str, Kind] = {}
"""By the name of the connector; functions of apps take the name, as it is a plain value."""
