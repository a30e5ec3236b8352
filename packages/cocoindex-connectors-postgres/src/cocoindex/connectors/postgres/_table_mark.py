"""The mark of tables that this connector made: a comment, which a table that others make does not have.

Postgres connector, table layer. `DROP TABLE` takes it away, `pg_dump` keeps it, and text that others add to it stays.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

from psycopg import sql

import cocoindex as coco

from ._identifier import TableName

__all__ = ["SIGN", "Mark", "mark_object", "mark_table", "origin_of", "read_mark"]

_MARK = re.compile(r"\[cocoindex:([0-9a-f]+):([0-9a-f]*)\]")
_WORDS = "CocoIndex made this table and keeps its rows; it knows it by this comment."
SIGN = "[cocoindex:"
"""What is in every comment that this connector wrote."""


class Mark(NamedTuple):
    """A mark: what tells the table from all others, and what stands for the store whose app made it."""

    token: str
    origin: str


def read_mark(comment: str | None) -> Mark | None:
    """The mark in the comment of a table."""
    match = _MARK.search(comment or "")
    return Mark(match[1], match[2]) if match else None


def origin_of(context: coco.ContextProvider) -> str:
    """What stands for the store of the app that runs: its own tables are known by it after the store was lost."""
    paths = "\0".join(sorted(context.store_paths))
    return hashlib.blake2b(paths.encode(errors="surrogateescape"), digest_size=8).hexdigest() if paths else ""


def mark_table(name: TableName, mark: Mark) -> sql.Composed:
    """COMMENT ON TABLE, with the mark."""
    comment = f"{_WORDS} [cocoindex:{mark.token}:{mark.origin}]"
    return sql.SQL("COMMENT ON TABLE {} IS {}").format(name.identifier, sql.Literal(comment))


def mark_object(what: sql.Composable, reason: str) -> sql.Composed:
    """COMMENT ON something that hangs on a table, such as `INDEX name`: it may go with the table."""
    return sql.SQL("COMMENT ON {} IS {}").format(what, sql.Literal(f"CocoIndex made this: {reason} [cocoindex:0:]"))
