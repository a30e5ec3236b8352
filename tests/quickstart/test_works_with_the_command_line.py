"""The quickstart's app can be updated and dropped by the command `cocoindex`."""

from __future__ import annotations

from typing import Any

from cocoindex.connectors import sqlite


def tables(documents: Any) -> list[str]:
    """Return the names of the tables in the example's database, but for SQLite's own."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    (file,) = documents.state.glob("*/passages.sqlite")
    with sqlite.managed_connection(file) as database, database.readonly() as connection:
        return [name for (name,) in connection.execute(names)]


def test_an_update_and_the_program_share_their_state(documents: Any) -> None:
    documents.command("update", documents.hashing)

    assert "0 of 3 files processed, 3 unchanged" in documents.ask("tomatoes")


def test_a_drop_removes_the_table(documents: Any) -> None:
    documents.ask("tomatoes")
    assert "passages" in tables(documents)

    documents.command("drop", "--force", documents.hashing)

    assert tables(documents) == []
    assert "3 of 3 files processed, 0 unchanged" in documents.ask("tomatoes")
