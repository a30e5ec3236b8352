"""`SourceSuite` passes a sound source, and each of its checks fails one with a flaw."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest

from cocoindex.testing import Outcome, SourceSuite, run_suite

from .shelf import Shelf

CHECKS = [name for name, _ in inspect.getmembers(SourceSuite, inspect.isfunction) if name.startswith("test_")]

FLAWS = [
    ("skips the last item", "test_each_item_is_read"),
    ("numbers its items", "test_keys_are_the_same_in_every_run"),
    ("tells a change each time", "test_an_unchanged_source_runs_nothing_again"),
    ("tells no changes", "test_each_change_is_noticed_and_only_it"),
    ("looks at the time", "test_what_is_written_again_is_not_read_again"),
    ("looks at size and time", "test_a_change_that_keeps_size_and_time_is_noticed"),
    ("forgets no item", "test_any_changes_between_runs_are_noticed"),
    ("reads what it listed", "test_what_changes_while_it_is_read_is_noticed"),
    ("breaks where an item vanishes", "test_items_that_vanish_while_they_are_read_harm_no_others"),
    ("hides that it breaks", "test_a_listing_that_breaks_removes_nothing"),
    ("keeps all items", "test_many_items_are_read_in_constant_memory"),
]


def went(flaw: str, check: str) -> tuple[Outcome, str]:
    [result] = run_suite(SourceSuite, lambda folder: Shelf(flaw), check).results
    return result.outcome, result.reason


@pytest.mark.parametrize("check", CHECKS)
def test_a_sound_source_passes(check: str) -> None:
    outcome, reason = went("", check)
    assert outcome is Outcome.PASSED, reason


@pytest.mark.parametrize(("flaw", "check"), FLAWS)
def test_a_flaw_is_found(flaw: str, check: str) -> None:
    outcome, reason = went(flaw, check)
    assert (outcome, reason.partition(":")[0]) == (Outcome.FAILED, "AssertionError"), reason


def test_each_check_finds_a_flaw_of_its_own() -> None:
    times = Counter(flaw for flaw, _ in FLAWS)
    assert {check for flaw, check in FLAWS if times[flaw] == 1} == set(CHECKS)
