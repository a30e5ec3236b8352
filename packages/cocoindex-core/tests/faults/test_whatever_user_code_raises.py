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


def trials(known: Known) -> list[tuple[str, int, str]]:
    """Each place, at its first, second and last call, with each kind of exception."""
    return [
        (site, call, kind)
        for number, (site, calls) in enumerate(sorted(known.calls.items()))
        for call in sorted({1, min(2, calls), calls})
        for kind in [*KINDS][number % len(KINDS) :] + [*KINDS][: number % len(KINDS)]
    ]


def attempt(known: Known, folder: pathlib.Path, site: str, call: int, kind: str, *, always: bool) -> None:
    make, times = KINDS[kind]
    plan = Plan(site, call, make(), 10**9 if always else times)
    store = trial.begin(known, folder)
    raised = trial.update(store, 1, plan)
    if raised is None and kind != "cancelled":  # what cancels itself is told in the log only
        trial.check_others(known)
    trial.check_recovers(known, store)
    shutil.rmtree(store)


def run(known: Known, folder: pathlib.Path, chosen: list[Any]) -> None:
    for number, (site, call, kind) in enumerate(chosen):
        always = number % 2 == 1
        try:
            attempt(known, folder / str(number), site, call, kind, always=always)
        except AssertionError as error:
            error.add_note(f"where {site} raises {kind} at call {call}{' and all later ones' if always else ''}")
            raise


def test_a_sample(known: Known, tmp_path: pathlib.Path) -> None:
    run(known, tmp_path, list(trial.spread(trials(known), SAMPLE)))


@pytest.mark.faults
def test_all(known: Known, tmp_path: pathlib.Path) -> None:
    chosen = trials(known)
    run(known, tmp_path, [one for one in chosen for _ in range(2)])
