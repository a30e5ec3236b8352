"""Wherever an update is cancelled, once or twice: it ends, and the next one leaves what a rebuild does."""

from __future__ import annotations

import asyncio
import pathlib
import shutil

import pytest

from . import trial
from .steps import Steps
from .trial import Known

SAMPLES = {"update": 45, "live": 20}
APART = [0, 1, 3, 10]
"""How many steps later the second cancellation comes; 0 stands for none."""


def count(known: Known, folder: pathlib.Path, what: str) -> int:
    """How many steps an update takes that nobody cancels."""
    steps = Steps()
    assert trial.update(trial.begin(known, folder), 1, what=what, around=steps.around) is None
    return steps.count


def attempt(known: Known, folder: pathlib.Path, what: str, at: int, apart: int) -> None:
    steps = Steps(at, at + apart)
    store = trial.begin(known, folder)
    raised = trial.update(store, 1, what=what, around=steps.around)
    assert raised is None or isinstance(raised, asyncio.CancelledError)
    trial.check_recovers(known, store)
    shutil.rmtree(store)


def run(known: Known, folder: pathlib.Path, what: str, chosen: list[tuple[int, int]]) -> None:
    for number, (at, apart) in enumerate(chosen):
        try:
            attempt(known, folder / str(number), what, at, apart)
        except AssertionError as error:
            error.add_note(f"where it is cancelled at step {at}{f' and {apart} steps later' if apart else ''}")
            raise


@pytest.mark.parametrize(("what", "sample"), SAMPLES.items())
def test_a_sample(known: Known, tmp_path: pathlib.Path, what: str, sample: int) -> None:
    total = count(known, tmp_path / "count", what)
    run(known, tmp_path, what, [(1 + n * total // sample, APART[n % len(APART)]) for n in range(sample)])


@pytest.mark.faults
@pytest.mark.parametrize("apart", APART)
@pytest.mark.parametrize("what", SAMPLES)
def test_all(known: Known, tmp_path: pathlib.Path, what: str, apart: int) -> None:
    total = count(known, tmp_path / "count", what)
    run(known, tmp_path, what, [(at, apart) for at in range(1, total + 1)])
