"""What somebody else made stays: items, and containers. Testing kit."""

from __future__ import annotations

from pathlib import Path

from .capability import Capability
from .check import check
from .target_case import Case, Driver, by_hand, same


class ForeignChecks:
    """What somebody else made stays: items, and containers."""

    @check(Capability.ITEMS_OF_OTHERS)
    def test_what_somebody_else_keeps_in_a_container_stays(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        for number, at_once in enumerate((True, False)):
            case = Case(driver, tmp_path / str(number))
            by_hand(driver.put_by_hand, case.box, a, driver.values[0])
            case.history.update({case.box: {b: driver.values[1], c: driver.values[2]}})
            if not at_once:
                case.history.update({case.box: {b: driver.values[2]}})
            assert (driver.contents(case.box) or {}).get(a) == driver.values[0]
            case.history.drop()
            found = driver.contents(case.box)
            assert same(found, {a: driver.values[0]}), f"somebody else kept {a!r} there, and after a drop it is {found}"

    @check(Capability.ITEMS_OF_OTHERS)
    def test_what_somebody_else_put_there_later_stays(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({b: driver.values[1]})
        by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        case.history.update({case.box: {}})
        case.history.update({})
        found = driver.contents(case.box)
        assert same(found, {a: driver.values[0]}), f"somebody else put {a!r} there; after a removal it is {found}"

    @check(Capability.ITEMS_OF_OTHERS)
    def test_an_item_of_somebody_else_is_not_overwritten(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        for full in (False, False, True):
            outcome = case.history.update({case.box: {a: driver.values[1], b: driver.values[1]}}, full=full)
            assert len(outcome.failures) == 1, f"one component has to fail, and these did: {outcome.failures}"
            assert same(driver.contents(case.box), {a: driver.values[0], b: driver.values[1]})
        case.history.drop()
        assert same(driver.contents(case.box), {a: driver.values[0]})
