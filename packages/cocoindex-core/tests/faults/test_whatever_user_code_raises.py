"""Whatever user code raises, wherever the engine calls it: the update ends, harms no others, and the next mends it."""

from __future__ import annotations

import pathlib
import shutil
from typing import Any

import pytest

from . import trial
from .kinds import KINDS
from .sites import Plan
from .trial import Known

SAMPLE = 110

PARTS = 16
"""In how many tests all trials are made, so that several processes share them."""

FEWER = 4
"""Of what is not an update only one kind in so many is tried at each place, in turn."""


def trials(known: Known) -> list[tuple[str, str, int, str]]:
    """In each operation each place, at its first, second, middle and last call, with each kind of exception."""
    return [
        (what, site, call, kind)
        for what, sites in known.calls.items()
        for number, (site, calls) in enumerate(sorted(sites.items()))
        for call in sorted({1, min(2, calls), (calls + 1) // 2, calls})
        for kind in _kinds(number, 1 if what == "update" else FEWER)
    ]


def _kinds(number: int, every: int) -> list[str]:
    first = number % len(KINDS)
    return ([*KINDS][first:] + [*KINDS][:first])[::every]


def attempt(known: Known, folder: pathlib.Path, what: str, site: str, call: int, kind: str, *, always: bool) -> None:
    make, times = KINDS[kind]
    plan = Plan(site, call, make(), 10**9 if always else times)
    store = trial.begin(known, folder)
    raised = trial.update(store, 1, plan, what=what)
    if what == "preview":
        assert trial.held() == known.held, "a preview has changed something"
    elif what != "drop" and raised is None and kind != "cancelled":  # what cancels itself is told in the log only
        trial.check_others(known)
    trial.check_recovers(known, store)
    if what == "drop":
        trial.check_drop(store)
    shutil.rmtree(store)


def run(known: Known, folder: pathlib.Path, chosen: list[Any]) -> None:
    for number, (what, site, call, kind) in enumerate(chosen):
        always = number % 2 == 1
        try:
            attempt(known, folder / str(number), what, site, call, kind, always=always)
        except AssertionError as error:
            later = " and all later ones" if always else ""
            error.add_note(f"where {site} raises {kind} at call {call}{later} ({what})")
            raise


def test_a_sample(known: Known, tmp_path: pathlib.Path) -> None:
    run(known, tmp_path, list(trial.spread(trials(known), SAMPLE)))


@pytest.mark.faults
@pytest.mark.parametrize("part", range(PARTS))
def test_all(known: Known, tmp_path: pathlib.Path, part: int) -> None:
    chosen = trials(known)[part::PARTS]
    run(known, tmp_path, [one for one in chosen for _ in range(2)])
