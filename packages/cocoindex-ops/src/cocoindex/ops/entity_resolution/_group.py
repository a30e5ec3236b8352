"""Resolves the names of one group, one after another. Ops layer."""

from __future__ import annotations

from collections.abc import Sequence, Set

from cocoindex.connectorkits import shown

from ._decision import CanonicalSide, PairDecision, PairResolver
from ._policy import ExistingCanonicalPolicy
from ._resolution_event import ResolutionEvent
from ._similarity import Similarity
from .errors import PairDecisionError


class Group:
    """A group of names that are similar to each other, directly or through other names of the group.

    Args:
        names: the names, in the order in which they are resolved.
        existing: names that are already canonical.
        policy: how existing canonical names are treated.
        similarity: the similarity of the names.
        resolve_pair: decides whether a name names the same entity as a candidate.
        top_n: maximum number of candidates passed to `resolve_pair`.

    Attributes:
        dedup: for each resolved name, the name that replaced it; None for a canonical name.
        events: the event of each resolved name.
        is_done: whether all names are resolved.
    """

    def __init__(
        self,
        names: Sequence[str],
        existing: Set[str],
        policy: ExistingCanonicalPolicy,
        similarity: Similarity,
        resolve_pair: PairResolver,
        top_n: int,
    ) -> None:
        self._names = names
        self._existing = existing
        self._pinned = existing if policy is ExistingCanonicalPolicy.PINNED else frozenset()
        self._similarity = similarity
        self._resolve_pair = resolve_pair
        self._top_n = top_n
        self.dedup: dict[str, str | None] = {}
        self.events: list[ResolutionEvent] = []
        self.is_done = False

    async def resolve(self) -> None:
        """Resolve all names."""
        for name in sorted(self._pinned & set(self._names)):
            self.dedup[name] = None
            self.events.append(ResolutionEvent(name, name, [], seeded=True))
        for name in self._names:
            if name not in self._pinned:
                self.events.append(await self._resolve(name))
        self.is_done = True

    async def _resolve(self, name: str) -> ResolutionEvent:
        candidates = self._candidates(name)
        decision = (
            None if not candidates else self._checked(await self._resolve_pair(name, list(candidates)), candidates)
        )
        if decision is None or decision.matched is None:
            self.dedup[name] = None
            return ResolutionEvent(name, name, candidates, decision)
        if self._matched_stands(name, decision):
            self.dedup[name] = decision.matched
            return ResolutionEvent(name, decision.matched, candidates, decision)
        self.dedup[name] = None
        self.dedup[decision.matched] = name
        return ResolutionEvent(name, name, candidates, decision, repointed=decision.matched)

    def _candidates(self, name: str) -> list[str]:
        """Return the canonical names of similar names that are already resolved."""
        found: dict[str, None] = {}
        for other in self._similarity.nearest(name, list(self.dedup)):
            while (above := self.dedup[other]) is not None:
                other = above
            found[other] = None
        return list(found)[: max(self._top_n, 0)]

    def _matched_stands(self, name: str, decision: PairDecision) -> bool:
        """Say whether the candidate becomes canonical for both; an existing canonical name takes precedence."""
        matched_exists, name_exists = decision.matched in self._existing, name in self._existing
        if matched_exists != name_exists:
            return matched_exists
        return decision.canonical is CanonicalSide.MATCHED

    @staticmethod
    def _checked(decision: object, candidates: list[str]) -> PairDecision:
        if not isinstance(decision, PairDecision):
            raise PairDecisionError(f"resolve_pair returned {shown(decision)}; it has to return a PairDecision")
        if decision.matched is not None and decision.matched not in candidates:
            raise PairDecisionError(
                f"resolve_pair returned matched={decision.matched!r}, which is not a candidate "
                f"{shown(candidates)}; "
                "it has to return one of them, or None"
            )
        return decision
