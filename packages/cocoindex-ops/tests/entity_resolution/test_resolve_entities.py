"""Names are compared in order with those before them, and the resolver says which of them mean the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from cocoindex.ops.entity_resolution import PairDecision, ResolutionEvent, resolve_entities
from cocoindex.ops.entity_resolution.errors import EntityArgumentError, PairDecisionError

from .names import NEAR, OnCircle, first, new, none, resolved


def test_the_candidate_stands_for_both_unless_told() -> None:
    outcome = asyncio.run(resolved(first))
    assert outcome.names == {"a": None, "b": "a", "c": "a", "d": "a", "far": None}
    assert outcome.questions == [("b", ["a"]), ("c", ["a"]), ("d", ["a"])]


def test_the_new_name_may_take_the_place_of_the_candidate() -> None:
    outcome = asyncio.run(resolved(new))
    assert outcome.names == {"a": "b", "b": "c", "c": "d", "d": None, "far": None}
    assert outcome.questions == [("b", ["a"]), ("c", ["b"]), ("d", ["c"])]


def test_candidates_are_the_nearest_first_and_no_more_than_asked_for() -> None:
    assert asyncio.run(resolved(none)).questions[-1] == ("d", ["c", "b", "a"])
    assert asyncio.run(resolved(none, top_n=2)).questions[-1] == ("d", ["c", "b"])


def test_a_name_that_stands_for_several_counts_once() -> None:
    angles = {"a": 0.0, "b": 5.0, "c": 10.0, "x": 20.0, "y": 8.0}

    def decide(entity: str, candidates: list[str]) -> PairDecision:
        return first(entity, candidates) if entity in ("b", "c") else PairDecision()

    assert asyncio.run(resolved(decide, angles, top_n=2)).questions[-1] == ("y", ["a", "x"])


def test_the_distance_says_what_is_compared() -> None:
    outcome = asyncio.run(resolved(none, max_distance=0.005))
    assert outcome.questions == [("b", ["a"]), ("c", ["b"]), ("d", ["c"])]
    assert len(asyncio.run(resolved(none, max_distance=2)).questions[-1][1]) == 4


def test_the_same_name_twice_counts_once_and_none_is_no_error() -> None:
    assert asyncio.run(resolved(none, entities=["b", "a", "b"])).names == {"a": None, "b": None}
    assert asyncio.run(resolved(none, {})).names == {}


def test_names_without_a_direction_are_like_nothing() -> None:
    class Nothing:
        async def embed(self, text: str) -> Any:
            return np.zeros(2, np.float32)

    async def never(entity: str, candidates: list[str]) -> PairDecision:
        raise AssertionError(entity)

    result = asyncio.run(resolve_entities({"a", "b"}, embedder=Nothing(), resolve_pair=never))
    assert result.canonicals() == {"a", "b"}


def test_names_that_have_nothing_to_do_with_each_other_are_resolved_side_by_side() -> None:
    angles = {f"{side}{number}": side * 90.0 + number for side in range(4) for number in range(2)}
    asked: list[str] = []
    all_asked = asyncio.Event()

    async def together(entity: str, candidates: list[str]) -> PairDecision:
        asked.append(entity)
        if len(asked) == 4:
            all_asked.set()
        await asyncio.wait_for(all_asked.wait(), 30)
        return PairDecision(matched=candidates[0])

    async def main() -> None:
        events: list[ResolutionEvent] = []
        result = await resolve_entities(
            angles, embedder=OnCircle(angles), resolve_pair=together, on_resolution=events.append
        )
        assert result.canonicals() == {"00", "10", "20", "30"}
        assert [event.entity for event in events] == sorted(angles)

    asyncio.run(main())


def test_each_name_is_embedded_once() -> None:
    embedder = OnCircle(NEAR)

    async def resolver(entity: str, candidates: list[str]) -> PairDecision:
        return PairDecision()

    asyncio.run(resolve_entities([*NEAR, *NEAR], embedder=embedder, resolve_pair=resolver))
    assert sorted(embedder.asked) == sorted(NEAR)


@pytest.mark.parametrize("wrong", [PairDecision(matched="nobody"), None, "a"])
def test_a_wrong_decision_is_refused(wrong: Any) -> None:
    with pytest.raises(PairDecisionError, match="resolve_pair returned") as refusal:
        asyncio.run(resolved(lambda entity, candidates: wrong))
    assert isinstance(refusal.value, ValueError)


def test_what_the_resolver_raises_comes_out_and_stops_the_others() -> None:
    def fail(entity: str, candidates: list[str]) -> PairDecision:
        raise ZeroDivisionError(entity)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(resolved(fail, {**NEAR, "far2": 91}))


ANGLES = {f"{side}{number}": side * 90.0 + number for side in range(3) for number in range(2)}


async def stopped_after_one(
    stop: Callable[[], Awaitable[PairDecision]], told: Callable[[ResolutionEvent], None]
) -> None:
    """Resolve three groups: the first one is done, then `stop` is called by the second, while the last one waits."""
    others, waiting = asyncio.Event(), asyncio.Event()

    async def resolver(entity: str, candidates: list[str]) -> PairDecision:
        if entity == "01":
            others.set()
        elif entity == "11":
            await others.wait()
            return await stop()
        else:
            await waiting.wait()  # until it is stopped
        return PairDecision(matched=candidates[0])

    await resolve_entities(ANGLES, embedder=OnCircle(ANGLES), resolve_pair=resolver, on_resolution=told)


async def fail() -> PairDecision:
    raise ZeroDivisionError


def test_names_that_were_resolved_are_told_before_it_fails() -> None:
    told: list[str] = []
    with pytest.raises(ZeroDivisionError):
        asyncio.run(stopped_after_one(fail, lambda event: told.append(f"{event.entity} as {event.canonical}")))
    assert told == ["00 as 00", "01 as 00"]


def test_names_that_were_resolved_are_told_before_it_is_cancelled() -> None:
    told: list[str] = []

    async def main() -> None:
        task = asyncio.current_task()
        assert task is not None

        async def cancel() -> PairDecision:
            task.cancel()
            await asyncio.Event().wait()
            raise AssertionError

        with pytest.raises(asyncio.CancelledError):
            await stopped_after_one(cancel, lambda event: told.append(event.entity))
        task.uncancel()

    asyncio.run(main())
    assert told == ["00", "01"]


def test_what_failed_comes_out_though_telling_fails(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(event: ResolutionEvent) -> None:
        raise KeyError(event.entity)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(stopped_after_one(fail, refuse))
    assert "on_resolution failed" in caplog.text


@pytest.mark.parametrize(
    "options",
    [
        {"entities": "abc"},
        {"entities": ["a", 3]},
        {"max_distance": "x"},
        {"top_n": 1.5},
        {"existing_policy": "firm"},
        {"max_distance": True},
        {"max_distance": -1},
        {"top_n": True},
        {"top_n": -1},
    ],
)
def test_what_cannot_be_an_argument_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(EntityArgumentError):
        asyncio.run(resolved(none, **options))


def test_vectors_of_several_lengths_are_refused() -> None:
    class Uneven:
        async def embed(self, text: str) -> Any:
            return np.ones(len(text), np.float32)

    async def never(entity: str, candidates: list[str]) -> PairDecision:
        raise AssertionError(entity)

    with pytest.raises(EntityArgumentError, match="different lengths"):
        asyncio.run(resolve_entities({"a", "bb"}, embedder=Uneven(), resolve_pair=never))
