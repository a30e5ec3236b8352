"""Checks of sink calls: partial, repeated, concurrent and cancelled ones. Testing kit."""

from __future__ import annotations

import itertools
from pathlib import Path

from .capability import Capability
from .check import check
from .taps import CancelledAmid, InParts, Twice
from .target_case import Case, Driver, same
from .target_history import Step, in_one


class BatchChecks:
    """The target ends as declared: with any split of the actions into calls, and if a call is cancelled."""

    @check(Capability.ITEMS, fails_from="0.2")
    def test_batches_in_parts_do_what_one_does(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, d, *_ = driver.keys
        one, two, three = driver.values
        for items in ({a: one, b: two, c: three}, {a: two, c: three, d: one}, {b: one}, {}):
            case.holds(items, taps=InParts())

    @check(Capability.ITEMS, fails_from="0.2")
    def test_actions_can_be_applied_twice(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        for items in ({a: one, b: two}, {a: two, c: three}, {c: three}, {}):
            case.holds(items, taps=Twice())

    @check(Capability.ITEMS, fails_from="0.2")
    def test_a_cancelled_call_is_made_good_for(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, d, *_ = driver.keys
        one, two, three = driver.values
        for turns in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
            case = Case(driver, tmp_path / str(turns))
            amid = CancelledAmid(turns)
            case.holds({a: one, b: two})
            # In one environment: after a cancelled call, its connections must still be usable.
            *_, failures = case.history.steps(
                Step({case.box: {b: three, c: one, d: two}}, taps=amid),
                Step({case.box: {a: three, c: two}}),
                patience=driver.patience,
            )
            assert not failures, f"after a cancelled call, the next update failed: {failures[0]!r}"
            found = driver.contents(case.box) or {}
            assert same(found, {a: three, c: two}), (
                f"a call was cancelled after {turns} turns; the target holds {found}"
            )
            case.holds({})
            if not amid.was_cancelled:
                break

    @check(Capability.ITEMS, fails_from="0.2")
    def test_two_apps_write_at_the_same_time(self, driver: Driver, tmp_path: Path) -> None:
        ours, theirs = Case(driver, tmp_path, app="ours"), Case(driver, tmp_path, app="theirs")
        values = itertools.cycle(driver.values)
        for count in (driver.many // 4, 1):
            mine = {driver.numbered_key(number): next(values) for number in range(count)}
            other = {driver.numbered_key(number): next(values) for number in range(count)}
            failures = ours.history.beside(theirs.history, {ours.box: mine}, {theirs.box: other})
            assert not failures, f"a component failed: {failures[0]!r}"
            for box, items in ((ours.box, mine), (theirs.box, other)):
                assert same(driver.contents(box), items), (
                    "two apps wrote at the same time, and an item is wrong or missing"
                )

    @check(Capability.TRANSACTIONS, fails_from="0.2")
    def test_a_call_that_fails_has_done_nothing(self, driver: Driver, tmp_path: Path) -> None:
        assert driver.refused is not None, "the driver of a transactional target must define `refused`"
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        case.hold({case.box: {a: one, b: two}}, owner=in_one)
        key, bad = driver.refused
        failures = case.history.update({case.box: {b: three, c: one, key: bad}}, owner=in_one).failures
        assert failures, "an item should be refused, but nothing failed"
        found = driver.contents(case.box)
        assert same(found, {a: one, b: two}), f"a call failed, but changed the target; it holds {found}"
