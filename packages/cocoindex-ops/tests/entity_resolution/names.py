"""Names on a circle: how similar two are is how near their angles are."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cocoindex.ops.entity_resolution import CanonicalSide, PairDecision, ResolutionEvent, resolve_entities

NEAR: Mapping[str, float] = {"a": 0, "b": 5, "c": 10, "d": 15, "far": 90}
Decide = Callable[[str, list[str]], PairDecision]


class OnCircle:
    """An embedder that knows the angle of each name, in degrees."""

    def __init__(self, angles: Mapping[str, float]) -> None:
        self.angles = angles
        self.asked: list[str] = []

    async def embed(self, text: str) -> NDArray[np.float32]:
        self.asked.append(text)
        angle = math.radians(self.angles[text])
        return np.asarray([math.cos(angle), math.sin(angle)], np.float32)


class Outcome:
    """What a resolution came to: the questions to the resolver, the events, and which name took the place of which."""

    def __init__(self) -> None:
        self.questions: list[tuple[str, list[str]]] = []
        self.events: list[ResolutionEvent] = []
        self.names: dict[str, str | None] = {}


async def resolved(decide: Decide, angles: Mapping[str, float] = NEAR, **options: Any) -> Outcome:
    """Resolve the names with a resolver that decides so."""
    outcome = Outcome()

    async def resolve_pair(entity: str, candidates: list[str]) -> PairDecision:
        outcome.questions.append((entity, list(candidates)))
        return decide(entity, candidates)

    result = await resolve_entities(
        options.pop("entities", list(angles)),
        embedder=OnCircle(angles),
        resolve_pair=resolve_pair,
        on_resolution=outcome.events.append,
        **options,
    )
    outcome.names = result.to_dict()
    return outcome


def first(_entity: str, candidates: list[str]) -> PairDecision:
    """Match the nearest candidate, which stands."""
    return PairDecision(matched=candidates[0])


def new(_entity: str, candidates: list[str]) -> PairDecision:
    """Match the nearest candidate; the new name stands."""
    return PairDecision(matched=candidates[0], canonical=CanonicalSide.NEW)


def none(_entity: str, _candidates: list[str]) -> PairDecision:
    """Match nothing."""
    return PairDecision()
