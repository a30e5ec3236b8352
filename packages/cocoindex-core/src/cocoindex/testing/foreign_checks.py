"""Checks that the items and containers of others stay. Testing kit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .capability import Capability
from .check import check
from .target_case import Case, Driver, by_hand, same
from .target_history import by_key, in_one


class ForeignChecks:
    """Items of others in a container stay, whatever the app does with its own items."""

    @check(Capability.ITEMS_OF_OTHERS)
    def test_what_somebody_else_keeps_in_a_container_stays(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        for number, at_once in enumerate((True, False)):
            case = Case(driver, tmp_path / str(number))
            by_hand(driver.put_by_hand, case.box, a, driver.values[0])
            failures = case.history.attempt({case.box: {b: driver.values[1], c: driver.values[2]}})
            if driver.foreign_containers == "refuse":
                assert failures, "others created the container; foreign_containers is 'refuse', but nothing failed"
                assert same(driver.contents(case.box), {a: driver.values[0]})
            elif not at_once:
                case.history.update({case.box: {b: driver.values[2]}})
            assert (driver.contents(case.box) or {}).get(a) == driver.values[0]
            case.history.drop()
            found = driver.contents(case.box)
            assert same(found, {a: driver.values[0]}), (
                f"others put {a!r} there; after a drop the container holds {found}"
            )

    @check(Capability.ITEMS_OF_OTHERS)
    def test_what_somebody_else_put_there_later_stays(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({b: driver.values[1]})
        by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        case.history.update({case.box: {}})
        case.history.update({})
        found = driver.contents(case.box)
        assert same(found, {a: driver.values[0]}), (
            f"others put {a!r} there; after a removal the container holds {found}"
        )

    @check(Capability.ITEMS_OF_OTHERS)
    def test_an_item_of_somebody_else_is_not_overwritten(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        if driver.foreign_containers == "refuse":
            case.holds({b: driver.values[1]})
        by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        if driver.foreign_items == "take":
            return _is_taken(driver, case)
        for full in (False, False, True):
            outcome = case.history.update({case.box: {a: driver.values[1], b: driver.values[1]}}, full=full)
            assert len(outcome.failures) == 1, f"one component should fail; failures: {outcome.failures}"
            assert same(driver.contents(case.box), {a: driver.values[0], b: driver.values[1]})
        case.history.drop()
        assert same(driver.contents(case.box), {a: driver.values[0]})
        return None

    @check(Capability.ITEMS_OF_OTHERS, fails_from="0.2")
    def test_items_of_others_outlast_a_removal_with_items(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, d, *_ = driver.keys
        one, two, three = driver.values
        others = {c: three, d: one}
        for number, owner in enumerate((by_key, in_one)):
            case = Case(driver, tmp_path / str(number), memo=bool(number))
            case.holds({a: one, b: two}, owner=owner)
            by_hand(driver.put_by_hand, case.box, c, three)
            by_hand(driver.put_by_hand, case.box, d, one)
            case.history.update({})
            _holds_others(driver, case, others, {a: one, b: two})
            failures = case.history.attempt({case.box: {b: one}})
            assert not failures, f"a container that was kept cannot be used again: {failures[0]!r}"
            assert (driver.contents(case.box) or {})[b] == one
            case.history.drop()
            _holds_others(driver, case, others, {a: one, b: one})

    @check(Capability.ITEMS_OF_OTHERS, fails_from="0.2")
    def test_a_full_reprocess_leaves_items_of_others(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        case.holds({a: one, b: two})
        by_hand(driver.put_by_hand, case.box, c, three)
        failures = case.history.attempt({case.box: {a: one, b: three}}, full=True)
        assert not failures, f"a component failed: {failures[0]!r}"
        found = driver.contents(case.box)
        assert same(found, {a: one, b: three, c: three}), f"others put {c!r} there; a full reprocess left {found}"
        case.history.drop()
        _holds_others(driver, case, {c: three}, {a: one, b: three})


def _is_taken(driver: Driver, case: Case) -> None:
    """Declare an item that others put into the app's container, and then no longer declare it."""
    a, b, *_ = driver.keys
    for full in (False, False, True):
        case.holds({a: driver.values[1], b: driver.values[1]}, full=full)
    case.holds({b: driver.values[1]})


def _holds_others(driver: Driver, case: Case, others: Mapping[StableKey, Any], ours: Mapping[StableKey, Any]) -> None:
    """Check that a container that is no longer declared holds the items of others."""
    expected = {**others, **ours} if driver.on_removal == "abandon" else others
    found = driver.contents(case.box)
    assert same(found, expected), f"others put {list(others)} there; after a removal the container holds {found}"
