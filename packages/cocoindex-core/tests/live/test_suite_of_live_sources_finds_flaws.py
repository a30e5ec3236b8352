"""`LiveSourceSuite` passes sound sources, and fails one that has any of the flaws that live sources have."""

from __future__ import annotations

import inspect
import unittest
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cocoindex.testing import LiveSourceSuite

from .log_source import LogDriver
from .memory_sources import ViewDriver

TESTS = [name for name, _ in inspect.getmembers(LiveSourceSuite, inspect.isfunction) if name.startswith("test_")]

FLAWS = [
    (ViewDriver, "is never ready", "test_an_update_that_is_not_live_ends"),
    (ViewDriver, "is ready too early", "test_it_becomes_ready_with_what_is_there"),
    (ViewDriver, "drops removals", "test_each_change_arrives"),
    (ViewDriver, "tells the last first", "test_the_last_change_of_a_key_counts"),
    (ViewDriver, "tells nothing of keys that come back", "test_any_changes_end_as_the_source"),
    (ViewDriver, "listens too late", "test_changes_while_it_is_listed_are_not_lost"),
    (ViewDriver, "has a short queue", "test_a_flood_beside_a_slow_target_is_not_lost"),
    (ViewDriver, "does not look after a break", "test_what_changes_while_it_is_disconnected_is_found"),
    (ViewDriver, "is empty while it is cut off", "test_what_changes_while_it_is_disconnected_is_found"),
    (ViewDriver, "does not list", "test_what_changes_while_no_program_runs_is_found"),
    (ViewDriver, "lets two watch", "test_one_at_a_time_watches_it"),
    (LogDriver, "stores its position first", "test_a_kill_before_changes_are_applied_loses_none"),
    (LogDriver, "counts what comes next", "test_a_kill_while_changes_are_applied_loses_none"),
    (LogDriver, "goes on behind where it was", "test_a_kill_after_changes_are_applied_loses_none"),
]


def run(driver: Any, test: str, folder: Path) -> None:
    method: Callable[..., None] = getattr(LiveSourceSuite(), test)
    try:
        method(driver=driver, tmp_path=folder)
    except unittest.SkipTest:
        pass


@pytest.mark.parametrize("test", TESTS)
def test_a_sound_view_passes(tmp_path: Path, test: str) -> None:
    run(ViewDriver(), test, tmp_path)


@pytest.mark.parametrize("test", TESTS)
def test_a_sound_log_passes(tmp_path: Path, test: str) -> None:
    run(LogDriver(), test, tmp_path)


@pytest.mark.parametrize(("driver", "flaw", "test"), FLAWS)
def test_a_flaw_is_found(tmp_path: Path, driver: Any, flaw: str, test: str) -> None:
    flawed = driver(flaw)
    flawed.patience = 1.0
    with pytest.raises(AssertionError):
        run(flawed, test, tmp_path)


def test_each_test_finds_a_flaw_of_its_own() -> None:
    times = Counter(flaw for _, flaw, _ in FLAWS)
    assert {test for _, flaw, test in FLAWS if times[flaw] == 1} == set(TESTS)
