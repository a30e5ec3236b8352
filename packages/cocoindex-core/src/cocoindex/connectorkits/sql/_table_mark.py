"""The mark by which a connector recognizes the tables it created.

Layer: connectorkits. As a comment of the table: `DROP TABLE` takes it away, a dump keeps it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider

__all__ = ["Mark", "is_of_store", "origin_of"]

_MARK = re.compile(r"\[cocoindex:([0-9a-f]+):([0-9a-f]*)\]")
_WORDS = "CocoIndex made this table and keeps its rows; it knows it by this comment."


class Mark(NamedTuple):
    """A mark: what tells the table from all others, and what stands for the store whose app made it."""

    token: str
    origin: str

    @property
    def comment(self) -> str:
        """The mark as the comment of a table."""
        return f"{_WORDS} [cocoindex:{self.token}:{self.origin}]"

    @classmethod
    def read(cls, comment: str | None) -> Mark | None:
        """The mark in the comment of a table, whatever others added to it; None where there is none."""
        match = _MARK.search(comment or "")
        return cls(match[1], match[2]) if match else None


def is_of_store(mark: Mark | None, origin: str) -> bool:
    """Whether an app made the table that has the store for which `origin` stands."""
    return mark is not None and mark.origin == origin != ""


def origin_of(context: ContextProvider) -> str:
    """What stands for the store of the app that runs: its own tables are known by it after the store was lost."""
    paths = "\0".join(sorted(context.store_paths))
    return hashlib.blake2b(paths.encode(errors="surrogateescape"), digest_size=8).hexdigest() if paths else ""
