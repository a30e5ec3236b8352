"""Names that are canonical already are pinned, or preferred."""

from __future__ import annotations

import asyncio

from cocoindex.ops.entity_resolution import ExistingCanonicalPolicy, ResolutionEvent

from .names import first, new, resolved

PREFERRED = ExistingCanonicalPolicy.PREFERRED


def existing(*names: str) -> object:
    return lambda name: name in names


def test_pinned_ones_are_not_asked_about_and_always_stand() -> None:
    for decide in (first, new):
        outcome = asyncio.run(resolved(decide, is_existing_canonical=existing("c", "d")))
        assert outcome.names == {"a": "c", "b": "c", "c": None, "d": None, "far": None}
        assert outcome.questions == [("a", ["c", "d"]), ("b", ["c", "d"])]


def test_pinned_ones_are_told_of_first() -> None:
    outcome = asyncio.run(resolved(first, is_existing_canonical=existing("c", "d")))
    assert [event.entity for event in outcome.events] == ["c", "d", "a", "b", "far"]
    assert outcome.events[0] == ResolutionEvent("c", "c", [], seeded=True)


def test_a_preferred_one_takes_the_place_of_another() -> None:
    outcome = asyncio.run(resolved(first, is_existing_canonical=existing("c", "d"), existing_policy=PREFERRED))
    assert outcome.names == {"a": "c", "b": "a", "c": None, "d": "c", "far": None}
    assert outcome.events[2].repointed == "a"


def test_a_preferred_one_keeps_its_place() -> None:
    outcome = asyncio.run(resolved(new, is_existing_canonical=existing("a"), existing_policy=PREFERRED))
    assert outcome.names == {"a": None, "b": "a", "c": "a", "d": "a", "far": None}


def test_between_two_preferred_ones_the_resolver_decides() -> None:
    outcome = asyncio.run(resolved(new, is_existing_canonical=existing("a", "d"), existing_policy=PREFERRED))
    assert outcome.names == {"a": "d", "b": "a", "c": "a", "d": None, "far": None}
    event = outcome.events[3]
    assert (event.entity, event.canonical, event.candidates, event.repointed) == ("d", "d", ["a"], "a")
    assert event.decision is not None and event.decision.matched == "a"
