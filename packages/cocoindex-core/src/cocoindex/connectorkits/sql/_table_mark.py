"""The mark by which a connector recognizes the tables it created.

Layer: connectorkits. The mark is in the table's comment: `DROP TABLE` removes it, a dump keeps it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..._runtime.context import ContextProvider

__all__ = ["Mark", "is_of_store", "origin_of"]

_MARK = re.compile(r"\[cocoindex:([0-9a-f]+):([0-9a-f]*)\]")
_WORDS = "CocoIndex created this table and updates its rows; it recognizes the table by this comment."


class Mark(NamedTuple):
    """The mark of a table.

    `token` identifies the table; `origin` identifies the store of the app that created it.
    """

    token: str
    origin: str

    @property
    def comment(self) -> str:
        """The text of the table comment that contains the mark."""
        return f"{_WORDS} [cocoindex:{self.token}:{self.origin}]"

    @classmethod
    def read(cls, comment: str | None) -> Mark | None:
        """Return the mark in a table's comment, which may contain other text; None if there is none."""
        match = _MARK.search(comment or "")
        return cls(match[1], match[2]) if match else None


def is_of_store(mark: Mark | None, origin: str) -> bool:
    """Whether an app of the store that `origin` identifies created the table."""
    return mark is not None and mark.origin == origin != ""


def origin_of(context: ContextProvider) -> str:
    """Return what identifies the running app's store (its path), even after the store was lost; empty if unknown."""
    paths = "\0".join(sorted(context.store_paths))
    return hashlib.blake2b(paths.encode(errors="surrogateescape"), digest_size=8).hexdigest() if paths else ""
