"""Checks of `reconcile()` with several possible records, and with items that may be missing. Testing kit."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .._keys import StableKey
from .capability import Capability
from .check import check
from .taps import Fated
from .target_case import Case, Driver


class ReconcileChecks:
    """The actions on an item are correct for each of its possible records, and if it may be missing."""

    @check(Capability.ITEMS, fails_from="0.2")
    def test_one_of_several_possible_records_is_true(self, driver: Driver, tmp_path: Path) -> None:
        for length in (1, 2):
            _settle(driver, tmp_path / str(length), list(_uncertain(0, length)))

    @check(Capability.ITEMS, fails_from="0.2")
    def test_what_may_be_missing_is_made_or_removed(self, driver: Driver, tmp_path: Path) -> None:
        for length in (1, 2):
            _settle(driver, tmp_path / str(length), list(_uncertain(None, length)))

    @check(Capability.ITEMS, fails_from="0.2")
    def test_a_full_reprocess_settles_what_is_uncertain(self, driver: Driver, tmp_path: Path) -> None:
        for first in (None, 0):
            _settle(driver, tmp_path / str(first), list(_uncertain(first, 1)), full=True)


class _Uncertain(NamedTuple):
    """The history of an item; each state is the number of one of the driver's values, or None for no item.

    Attributes:
        first: the certain first state.
        steps: the failed updates that follow: the declared state, and whether it was applied nevertheless.
        end: the state declared at the end.
    """

    first: int | None
    steps: tuple[tuple[int | None, bool], ...]
    end: int | None

    def __str__(self) -> str:
        steps = [f"{_name(value)} ({'' if applied else 'not '}applied, and failed)" for value, applied in self.steps]
        return ", then ".join([_name(self.first), *steps, _name(self.end)])


def _name(value: int | None) -> str:
    return "nothing" if value is None else f"value {value}"


def _uncertain(first: int | None, length: int) -> Iterator[_Uncertain]:
    """Yield all possible histories; of those that differ only in the numbers of the values, yield one."""
    values = (None, 0, 1, 2)
    for wanted in itertools.product(values, repeat=length + 1):
        named = [value for value in (first, *wanted) if value is not None]
        if any(value > max(named[:at], default=-1) + 1 for at, value in enumerate(named)):
            continue
        for applied in itertools.product((True, False), repeat=length):
            yield _Uncertain(first, tuple(zip(wanted, applied, strict=False)), wanted[-1])


def _settle(driver: Driver, folder: Path, cases: list[_Uncertain], *, full: bool = False) -> None:
    """Run all histories in the same updates, each in a component of its own."""
    if len(cases) > driver.many:
        cases = random.Random(3).sample(cases, driver.many)
    keys = [driver.numbered_key(number) for number in range(len(cases))]
    names = {key: f"~{number}~" for number, key in enumerate(keys)}
    case = Case(driver, folder)

    def wanted(values: list[int | None]) -> dict[str, dict[StableKey, object]]:
        items = zip(keys, values, strict=True)
        return {case.box: {key: driver.values[value] for key, value in items if value is not None}}

    case.hold(wanted([each.first for each in cases]), owner=names.__getitem__)
    for step in range(len(cases[0].steps)):
        fates = {f"~{number}~".encode(): each.steps[step][1] for number, each in enumerate(cases)}
        values = [each.steps[step][0] for each in cases]
        case.history.update(wanted(values), owner=names.__getitem__, taps=Fated(fates))
    ends = wanted([each.end for each in cases])
    failures = case.history.update(ends, owner=names.__getitem__, full=full).failures
    assert not failures, f"a component failed: {failures[0]!r}"
    found = driver.contents(case.box) or {}
    for key, each in zip(keys, cases, strict=True):
        there = found.get(key)
        assert there == ends[case.box].get(key), f"an item was declared as {each}; it is {there!r}"
    actions = case.hold(ends, owner=names.__getitem__)
    assert not actions, f"everything is up to date, but there are actions: {actions[:3]}"
