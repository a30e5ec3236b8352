"""Checks of a target that becomes unavailable and comes back. Testing kit."""

from __future__ import annotations

from pathlib import Path

from .capability import Capability
from .check import check
from .taps import BeforeItems
from .target_case import Case, Driver, same
from .target_history import Step


class OutageChecks:
    """Writes to an unavailable target are reported as failed, and applied once it is back."""

    @check(Capability.OUTAGES, fails_from="0.2")
    def test_a_target_that_is_away_fails_the_update(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        case.holds({a: one, b: two})
        driver.go_away()
        try:
            failures = case.history.attempt({case.box: {b: three, c: one}})
        finally:
            driver.come_back()
        assert failures, "the target was unavailable, but nothing failed"
        assert same(driver.contents(case.box), {a: one, b: two})
        assert case.holds({b: three, c: one}), "the target is available again, but there are no actions"

    @check(Capability.OUTAGES, fails_from="0.2")
    def test_a_target_comes_back_to_a_program_that_runs(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        changed = {case.box: {b: three, c: one}}
        first, away, back = case.history.steps(
            Step({case.box: {a: one, b: two}}),
            Step(changed, before=driver.go_away),
            Step(changed, before=driver.come_back),
            patience=driver.patience,
        )
        assert not first, f"a component failed: {first[0]!r}"
        assert away, "the target was unavailable, but nothing failed"
        assert not back, f"the target is available again, but a component failed: {back[0]!r}"
        assert same(driver.contents(case.box), changed[case.box])
        case.drop()

    @check(Capability.OUTAGES, fails_from="0.2")
    def test_a_target_that_goes_away_amid_an_update(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        amid = BeforeItems(driver.go_away)
        first, away = case.history.steps(
            Step({case.box: {a: one, b: two}}),
            Step({case.box: {a: one, b: three, c: two}}, taps=amid),
            patience=driver.patience,
        )
        driver.come_back()
        assert not first, f"a component failed: {first[0]!r}"
        assert away, "the target became unavailable, but nothing failed"
        found = driver.contents(case.box) or {}
        assert found.get(a) == one, f"{a!r} should be unchanged; the container holds {found}"
        case.holds({b: one, c: two})
