"""The event for each resolved name. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass

from ._decision import PairDecision


@dataclass(frozen=True, slots=True)
class ResolutionEvent:
    """How one name was resolved.

    Attributes:
        entity, canonical: the name, and its canonical name once it was resolved.
        candidates: the candidates passed to the resolver; empty if it was not called.
        decision: the resolver's decision; a policy may have overridden it.
        repointed: the name that was canonical before and is now replaced by `entity`.
        seeded: whether it was an existing canonical, and pinned.
    """

    entity: str
    canonical: str
    candidates: list[str]
    decision: PairDecision | None = None
    repointed: str | None = None
    seeded: bool = False
