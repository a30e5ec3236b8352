"""Checks of containers that users or others created, or that the app adopts. Testing kit."""

from __future__ import annotations

import itertools
import unittest
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .capability import Capability
from .check import check
from .target_case import Case, Driver, by_hand, same


class UserChecks:
    """A container that the app did not create stays, with its earlier content."""

    @check(Capability.MANAGED_BY_USER, fails_from="0.2")
    def test_a_container_of_the_user_gets_items_and_stays(self, driver: Driver, tmp_path: Path) -> None:
        _gets_items_and_stays(driver, tmp_path, driver.mount_of_user)

    @check(Capability.MANAGED_BY_USER, fails_from="0.2")
    def test_a_container_that_the_user_did_not_make_is_missing(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        case.history.mount = driver.mount_of_user
        failures = case.history.attempt({case.box: {driver.keys[0]: driver.values[0]}})
        assert failures, "the user manages a container that does not exist, but nothing failed"
        found = driver.contents(case.box)
        assert found is None, f"the user manages a container, but the connector created it; it holds {found}"
        by_hand(driver.make_by_hand, case.box)
        case.holds({driver.keys[0]: driver.values[0]})

    @check(Capability.MANAGED_BY_USER, fails_from="0.2")
    def test_items_that_were_in_a_container_of_the_user_stay(self, driver: Driver, tmp_path: Path) -> None:
        _leaves_what_was_there(driver, tmp_path, driver.mount_of_user)

    @check(Capability.ADOPTION, fails_from="0.2")
    def test_an_adopted_container_gets_items_and_stays(self, driver: Driver, tmp_path: Path) -> None:
        _gets_items_and_stays(driver, tmp_path, driver.mount_adopted)

    @check(Capability.ADOPTION, fails_from="0.2")
    def test_adopting_makes_what_is_missing(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        case.history.mount = driver.mount_adopted
        case.holds({driver.keys[0]: driver.values[0]})
        case.holds({driver.keys[1]: driver.values[1]})
        case.drop()

    @check(Capability.ADOPTION, fails_from="0.2")
    def test_an_adopted_container_that_was_removed_by_hand_is_filled_again(
        self, driver: Driver, tmp_path: Path
    ) -> None:
        if not Capability.REMOVED_BY_HAND.is_claimed(driver):
            raise unittest.SkipTest("not claimed: the driver does not define `remove_by_hand`")
        a, b, *_ = driver.keys
        one, two, three = driver.values
        for memo in (False, True):
            case = Case(driver, tmp_path / str(memo), memo=memo)
            case.history.mount = driver.mount_adopted
            by_hand(driver.make_by_hand, case.box)
            case.holds({a: one, b: two})
            for _ in range(2):
                by_hand(driver.remove_by_hand, case.box)
                case.holds({a: one, b: two})
            case.holds({b: three})

    @check(Capability.ADOPTION, fails_from="0.2")
    def test_items_that_were_in_an_adopted_container_stay(self, driver: Driver, tmp_path: Path) -> None:
        _leaves_what_was_there(driver, tmp_path, driver.mount_adopted)

    @check(Capability.MADE_BY_HAND, fails_from="0.2")
    def test_a_container_that_somebody_made_stays(self, driver: Driver, tmp_path: Path) -> None:
        if driver.foreign_containers == "fill":
            return _gets_items_and_stays(driver, tmp_path, driver.mount)
        case = Case(driver, tmp_path)
        driver.make_by_hand(case.box)
        for _ in range(2):
            assert case.history.attempt({case.box: {driver.keys[0]: driver.values[0]}}), (
                "others created a container; foreign_containers is 'refuse', but nothing failed"
            )
            assert driver.contents(case.box) == {}
        case.history.update({})
        case.history.drop()
        assert driver.contents(case.box) == {}, "a container of others was refused, but it no longer exists"
        return None

    @check(Capability.MADE_BY_HAND, fails_from="0.2")
    def test_a_container_that_somebody_made_anew_is_filled_again(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        for number, memo in enumerate((False, True)):
            case = Case(driver, tmp_path / str(number), memo=memo)
            case.holds({a: one, b: two})
            by_hand(driver.remove_by_hand, case.box)
            driver.make_by_hand(case.box)
            case.holds({a: one, b: two})
            assert not case.holds({a: one, b: two}), (
                "the container is filled and nothing changed, but there are actions"
            )
            case.holds({b: two, c: three})
            by_hand(driver.remove_by_hand, case.box)
            case.holds({b: two, c: three})

    @check(Capability.TOLD_APART, fails_from="0.2")
    def test_a_container_of_others_made_anew_is_filled_again(self, driver: Driver, tmp_path: Path) -> None:
        a, b, *_ = driver.keys
        one, two, three = driver.values
        theirs = ((Capability.MANAGED_BY_USER, driver.mount_of_user), (Capability.ADOPTION, driver.mount_adopted))
        mounts = [mount for capability, mount in theirs if capability.is_claimed(driver)]
        assert mounts, "a driver with `told_apart` must define `mount_of_user` or `mount_adopted`"
        for (number, mount), memo in itertools.product(enumerate(mounts), (False, True)):
            case = Case(driver, tmp_path / f"{number} {memo}", memo=memo)
            case.history.mount = mount
            by_hand(driver.make_by_hand, case.box)
            case.holds({a: one, b: two})
            by_hand(driver.remove_by_hand, case.box)
            driver.make_by_hand(case.box)
            case.holds({a: one, b: two})
            assert not case.holds({a: one, b: two}), (
                "the container is filled and nothing changed, but there are actions"
            )
            case.holds({b: three})


def _gets_items_and_stays(driver: Driver, folder: Path, mount: Callable[[str], Awaitable[Any]]) -> None:
    a, b, *_ = driver.keys
    one, two, three = driver.values
    for end in ("undeclared", "dropped"):
        case = Case(driver, folder / end)
        case.history.mount = mount
        by_hand(driver.make_by_hand, case.box)
        case.holds({a: one, b: two})
        assert not case.holds({a: one, b: two}), "nothing changed, but there are actions"
        case.holds({b: three})
        _undeclare(case, end)
        found = driver.contents(case.box)
        assert found is not None, f"a container of others was {end}, and no longer exists"
        assert found in ({}, {b: three}), f"a container of others was {end}, and holds {found}"


def _leaves_what_was_there(driver: Driver, folder: Path, mount: Callable[[str], Awaitable[Any]]) -> None:
    """Declare items next to existing ones, and one with the key of an existing item; then no longer declare them."""
    a, b, c, *_ = driver.keys
    one, two, three = driver.values
    for end in ("undeclared", "dropped"):
        case = Case(driver, folder / end)
        case.history.mount = mount
        by_hand(driver.make_by_hand, case.box)
        by_hand(driver.put_by_hand, case.box, a, one)
        by_hand(driver.put_by_hand, case.box, b, one)
        for full in (False, False, True):
            failures = case.history.update({case.box: {b: two, c: three}}, full=full).failures
            found = driver.contents(case.box)
            # An existing item is either taken over, or the component that declares it fails.
            expected = {a: one, b: one if failures else two, c: three}
            assert same(found, expected), f"{a!r} and {b!r} existed before; now the container holds {found}"
        for declared in ({}, {b: three}, {}, {b: two, c: three}):
            case.history.update({case.box: declared})
            there = dict(driver.contents(case.box) or {})
            assert there.keys() == {a, b} | declared.keys(), (
                f"{a!r} and {b!r} existed before; now the container holds {there}"
            )
        before = there[b]
        _undeclare(case, end)
        found = dict(driver.contents(case.box) or {})
        found.pop(c, None)  # the connector decides what happens to the app's own items
        assert found == {a: one, b: before}, (
            f"{a!r} and {b!r} existed before; the container was {end}, and holds {found}"
        )


def _undeclare(case: Case, end: str) -> None:
    if end == "dropped":
        case.history.drop()
    else:
        case.history.update({})
