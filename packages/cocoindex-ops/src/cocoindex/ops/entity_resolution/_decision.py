"""What a resolver of pairs is asked and says. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CanonicalSide(StrEnum):
    """Which of two names of one thing is the better one."""

    MATCHED = "matched"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class PairDecision:
    """What a resolver says of a name.

    Attributes:
        matched: the candidate that names the same thing; None where none does.
        canonical: which of the two is to stand for both; a policy for existing canonicals may say otherwise.
    """

    matched: str | None = None
    canonical: CanonicalSide = CanonicalSide.MATCHED


class PairResolver(Protocol):
    """Says whether a name names the same thing as one of a few others; any async callable of this signature is one."""

    async def __call__(self, entity: str, candidates: list[str]) -> PairDecision:
        """Decide on `entity`.

        Args:
            entity: the name.
            candidates: canonical names that are similar to it, the most similar first; at least one, none twice.
        """
        ...
