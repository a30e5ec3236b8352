"""Groups names of the same entity: first by similarity, then with a pair resolver. Ops layer, facade."""

from __future__ import annotations

from . import errors as errors
from ._decision import CanonicalSide as CanonicalSide
from ._decision import PairDecision as PairDecision
from ._decision import PairResolver as PairResolver
from ._policy import ExistingCanonicalPolicy as ExistingCanonicalPolicy
from ._resolution_event import ResolutionEvent as ResolutionEvent
from ._resolve import resolve_entities as resolve_entities
from ._resolved_entities import ResolvedEntities as ResolvedEntities

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "CanonicalSide",
    "ExistingCanonicalPolicy",
    "PairDecision",
    "PairResolver",
    "ResolutionEvent",
    "ResolvedEntities",
    "errors",
    "resolve_entities",
]
