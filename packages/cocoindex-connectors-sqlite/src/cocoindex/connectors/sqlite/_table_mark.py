"""The mark of tables that this connector made: an index of no rows, or for a virtual table words in its statement.

SQLite connector, table layer. `DROP TABLE` takes the mark away; a table that others make does not have it.
"""

from __future__ import annotations

import re

from cocoindex.connectorkits.sql import Mark as Mark

__all__ = ["Mark", "mark_name", "read_mark", "without_mark"]

_NAME = re.compile(r"cocoindex_made_([0-9a-f]+)_([0-9a-f]*)")
_WORDS = re.compile(r" /\* (cocoindex_made_[0-9a-f]+_[0-9a-f]*) \*/")


def mark_name(mark: Mark) -> str:
    """The name of the index that is the mark."""
    return f"cocoindex_made_{mark.token}_{mark.origin}"


def read_mark(name: str) -> Mark | None:
    """The mark that is an index of that name; None where it is another one."""
    match = _NAME.fullmatch(name)
    return Mark(match[1], match[2]) if match else None


def without_mark(sql: str) -> tuple[str, Mark | None]:
    """The statement that made a virtual table without the mark in it, and the mark."""
    match = _WORDS.search(sql)
    if match is None:
        return sql, None
    return sql[: match.start()] + sql[match.end() :], read_mark(match[1])
