"""What it means that a name is canonical already. Ops layer."""

from __future__ import annotations

from enum import StrEnum


class ExistingCanonicalPolicy(StrEnum):
    """How a name that is canonical already is treated.

    Attributes:
        PINNED: it stays so; two of them are never brought together, and the resolver is not asked about it.
        PREFERRED: the resolver is asked; where it brings together one that is and one that is not, the former stands.
    """

    PINNED = "pinned"
    PREFERRED = "preferred"
