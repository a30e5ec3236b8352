"""The mark of tables that this connector made: an index of no rows, or for a virtual table words in its statement.

SQLite connector, table layer. `DROP TABLE` takes the mark away; a table that others make does not have it.
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

import cocoindex as coco

__all__ = ["Mark", "origin_of", "read_mark", "without_mark"]

_NAME = re.compile(r"cocoindex_made_([0-9a-f]+)_([0-9a-f]*)")
_WORDS = re.compile(r" /\* (cocoindex_made_[0-9a-f]+_[0-9a-f]*) \*/")


class Mark(NamedTuple):
    """A mark: what tells the table from all others, and what stands for the store whose app made it."""

    token: str
    origin: str

    @property
    def name(self) -> str:
        """The name of the index."""
        return f"cocoindex_made_{self.token}_{self.origin}"


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


def origin_of(context: coco.ContextProvider) -> str:
    """What stands for the store of the app that runs: its own tables are known by it after the store was lost."""
    paths = "\0".join(sorted(context.store_paths))
    return hashlib.blake2b(paths.encode(errors="surrogateescape"), digest_size=8).hexdigest() if paths else ""
