"""The policies for names that are already canonical. Ops layer."""

from __future__ import annotations

from enum import StrEnum


class ExistingCanonicalPolicy(StrEnum):
    """How names that are already canonical are treated.

    Attributes:
        PINNED: they stay canonical; two of them are never merged, and the resolver is not called for them.
        PREFERRED: the resolver is called; if it merges an existing canonical with another name, the existing one wins.
    """

    PINNED = "pinned"
    PREFERRED = "preferred"
