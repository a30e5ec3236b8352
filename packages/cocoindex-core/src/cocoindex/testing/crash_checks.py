"""Checks that the next update repairs what an interrupted one left. Testing kit."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from .capability import Capability
from .check import check
from .taps import Moment
from .target_case import Case, Driver, any_wanted, new_box
from .target_history import Wanted


class CrashChecks:
    """The next update repairs what an interrupted one left behind."""

    @check(Capability.ITEMS)
    def test_what_was_interrupted_before_it_was_applied_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "before")

    @check(Capability.ITEMS)
    def test_what_was_interrupted_while_it_was_applied_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "amid")

    @check(Capability.ITEMS)
    def test_what_was_applied_and_not_remembered_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "after")

    @check(Capability.ITEMS)
    def test_a_first_update_that_was_interrupted_is_undone(self, driver: Driver, tmp_path: Path) -> None:
        moments: tuple[Moment, ...] = ("before", "amid", "after")
        for moment, number in itertools.product(moments, (1, 2)):
            case = Case(driver, tmp_path / f"{moment}{number}")
            case.interrupt(
                {case.box: dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))}, moment, number
            )
            case.holds({})
            case.drop()

    @check(Capability.ITEMS)
    def test_any_history_ends_as_what_was_declared_last(self, driver: Driver, tmp_path: Path) -> None:
        for seed in range(3):
            chance = random.Random(seed)
            case = Case(driver, tmp_path / str(seed))
            boxes = [new_box(), new_box()]
            for _ in range(8):
                wanted = any_wanted(driver, boxes, chance)
                if chance.random() < 0.5:
                    case.interrupt(wanted, chance.choice(["before", "amid", "after"]), chance.randint(1, 3))
                    wanted = chance.choice([wanted, any_wanted(driver, boxes, chance)])
                case.hold(wanted)
            case.drop()


def _interrupted_everywhere(driver: Driver, folder: Path, moment: Moment) -> None:
    """Interrupt an update in each of its rounds, and continue with three different declarations."""
    for end in range(3):
        number, was = 1, True
        while was:
            case = Case(driver, folder / f"{end} {number}")
            before, interrupted, neither = _three(driver)
            case.hold(before)
            was = case.interrupt(interrupted, moment, number)
            case.hold((interrupted, before, neither)[end])
            number += 1


def _three(driver: Driver) -> Iterator[Wanted]:
    """Yield three declarations: between any two, items and containers are added, removed and changed."""
    a, b, c, d, *_ = driver.keys
    one, two, three = driver.values
    first, second, third = new_box(), new_box(), new_box()
    yield {first: {a: one, b: two, c: three}, second: {a: one}}
    yield {
        first: {a: two, c: three, d: one},
        third: {a: three},
        **({second: {}} if driver.on_removal == "abandon" else {}),
    }
    yield {
        first: {a: three, b: one, d: two},
        second: {b: two},
        **({third: {}} if driver.on_removal == "abandon" else {}),
    }
