"""The interface of pair resolvers, and their decision. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CanonicalSide(StrEnum):
    """Which of two names of one entity becomes canonical."""

    MATCHED = "matched"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class PairDecision:
    """A resolver's decision about a name.

    Attributes:
        matched: the candidate that names the same entity; None if there is none.
        canonical: which of the two becomes canonical; a policy for existing canonicals may override it.
    """

    matched: str | None = None
    canonical: CanonicalSide = CanonicalSide.MATCHED


class PairResolver(Protocol):
    """Decides whether a name names the same entity as one of a few candidates; any async callable of this signature."""

    async def __call__(self, entity: str, candidates: list[str]) -> PairDecision:
        """Decide on `entity`.

        Args:
            entity: the name.
            candidates: canonical names similar to it, the most similar first; at least one, without duplicates.
        """
        ...
