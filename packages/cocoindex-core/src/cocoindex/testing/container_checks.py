"""Checks of containers: kept apart, removed with their items, or removed from outside. Testing kit."""

from __future__ import annotations

import itertools
from pathlib import Path

from .capability import Capability
from .check import check
from .target_case import Case, Driver, by_hand, new_box
from .target_live import LiveItems, LiveUpdate


class ContainerChecks:
    """Containers are independent, are removed with their items, and are filled again if others removed them."""

    @check(Capability.ITEMS)
    def test_a_container_may_be_empty(self, driver: Driver, tmp_path: Path) -> None:
        Case(driver, tmp_path).holds({})

    @check(Capability.ITEMS)
    def test_containers_are_apart(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, one, two = driver.keys[0], new_box(), new_box()
        case.hold({one: {a: driver.values[0]}, two: {a: driver.values[1]}})
        case.hold({one: {a: driver.values[0]}, two: {}})
        case.hold({one: {a: driver.values[2]}, two: {a: driver.values[1]}})

    @check(Capability.ITEMS)
    def test_a_container_that_is_declared_no_more_goes_alone(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        one, two = new_box(), new_box()
        items = {a: driver.values[0], b: driver.values[1]}
        case.hold({one: items, two: items})
        case.hold({two: items})
        if driver.on_removal != "abandon":
            case.hold({one: {b: driver.values[2]}, two: items})

    @check(Capability.ITEMS)
    def test_a_dropped_app_leaves_nothing(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.hold({new_box(): {a: driver.values[0]}, new_box(): {b: driver.values[1]}})
        case.drop()

    @check(Capability.REMOVED_BY_HAND)
    def test_a_container_that_was_removed_by_hand_is_filled_again(self, driver: Driver, tmp_path: Path) -> None:
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        for number, memo in enumerate((True, False, True)):
            case = Case(driver, tmp_path / str(number), memo=memo)
            for _ in range(number + 1):
                case.holds(items)
            by_hand(driver.remove_by_hand, case.box)
            case.holds(items)
            assert not case.holds(items), "the container is filled and nothing changed, but there are actions"
            by_hand(driver.remove_by_hand, case.box)
            case.drop()

    @check(Capability.REMOVED_BY_HAND, fails_from="0.2")
    def test_a_container_that_is_removed_by_hand_in_a_live_update_is_filled_again(
        self, driver: Driver, tmp_path: Path
    ) -> None:
        a, b, c, *_ = driver.keys
        one, two, three = driver.values

        async def steps(source: LiveItems, update: LiveUpdate) -> None:
            await update.holds({a: one, b: two})
            by_hand(driver.remove_by_hand, case.box)
            await source.put(c, three)
            await update.holds({a: one, b: two, c: three})
            await source.put(a, two)
            await update.holds({a: two, b: two, c: three})

        for memo in (True, False):
            case = Case(driver, tmp_path / str(memo), memo=memo)
            failures = case.history.live(case.box, {a: one, b: two}, steps)
            assert not failures, (
                "let the sink of items raise ContainerLostError if their container no longer exists; components "
                f"failed: {failures}"
            )
