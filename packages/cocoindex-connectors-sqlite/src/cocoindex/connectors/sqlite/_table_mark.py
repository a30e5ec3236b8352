"""The mark of a table created by this connector: an index without rows, or a comment in the statement (virtual tables).

SQLite connector, table layer. `DROP TABLE` also removes the mark; a table created by others does not have it.
"""

from __future__ import annotations

import re

from cocoindex.connectorkits.sql import Mark as Mark

__all__ = ["Mark", "mark_name", "read_mark", "without_mark"]

_NAME = re.compile(r"cocoindex_made_([0-9a-f]+)_([0-9a-f]*)")
_WORDS = re.compile(r" /\* (cocoindex_made_[0-9a-f]+_[0-9a-f]*) \*/")


def mark_name(mark: Mark) -> str:
    """Return the name of the index that serves as the mark."""
    return f"cocoindex_made_{mark.token}_{mark.origin}"


def read_mark(name: str) -> Mark | None:
    """Return the mark from the name of its index; None if the index is not a mark."""
    match = _NAME.fullmatch(name)
    return Mark(match[1], match[2]) if match else None


def without_mark(sql: str) -> tuple[str, Mark | None]:
    """Split the statement that created a virtual table into the statement without the mark, and the mark."""
    match = _WORDS.search(sql)
    if match is None:
        return sql, None
    return sql[: match.start()] + sql[match.end() :], read_mark(match[1])
