"""What is told of each name once all are resolved. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass

from ._decision import PairDecision


@dataclass(frozen=True, slots=True)
class ResolutionEvent:
    """How one name was resolved.

    Attributes:
        entity, canonical: the name, and the one that stood for it when it had been resolved.
        candidates: what the resolver was asked about; empty where it was not asked.
        decision: what it said; a policy may have decided otherwise.
        repointed: the name that had been canonical until then and for which `entity` stands now.
        seeded: whether it was canonical already, and pinned.
    """

    entity: str
    canonical: str
    candidates: list[str]
    decision: PairDecision | None = None
    repointed: str | None = None
    seeded: bool = False
