"""Checks of schema changes of containers that hold items. Testing kit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

from .._keys import StableKey
from .capability import Capability
from .check import check
from .taps import Moment
from .target_case import Case, Driver, by_hand


class SchemaChecks:
    """A container gets the declared schema, and ends with the declared items."""

    @check(Capability.SCHEMA_CHANGES, fails_from="0.2")
    def test_items_are_there_after_a_schema_change(self, driver: Driver, tmp_path: Path) -> None:
        items = _items(driver)
        for (change, _), memo in itertools.product(driver.changes, (False, True)):
            case = Case(driver, tmp_path / f"{change} {memo}", memo=memo)
            case.holds(items)
            for mount in (partial(driver.mount_changed, change=change), driver.mount):
                case.history.mount = mount
                case.holds(items)
                actions = case.holds(items)
                assert not actions, (
                    f"nothing changed since the schema change {change!r}, but there are actions: {actions}"
                )
            case.drop()

    @check(Capability.SCHEMA_CHANGES, fails_from="0.2")
    def test_a_schema_change_does_to_items_what_it_says(self, driver: Driver, tmp_path: Path) -> None:
        items = _items(driver)
        for change, effect in driver.changes:
            case = Case(driver, tmp_path / change)
            case.holds(items)
            case.history.mount = partial(driver.mount_changed, change=change)
            actions = case.holds(items)
            if effect is None:
                assert not actions, f"`changes` says that {change!r} keeps the items, but there are actions: {actions}"
            else:
                assert len(actions) >= len(items), (
                    f"`changes` says that {change!r} is {effect}, so all {len(items)} items must be applied again; "
                    f"actions: {actions}. Let reconcile() return the child_invalidation that `changes` names"
                )

    @check(Capability.SCHEMA_CHANGES, fails_from="0.2")
    def test_items_change_together_with_the_schema(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        one, two, three = driver.values
        for change, _ in driver.changes:
            case = Case(driver, tmp_path / change)
            case.holds({a: one, b: two})
            case.history.mount = partial(driver.mount_changed, change=change)
            case.holds({b: three, c: one})
            case.history.mount = driver.mount
            case.holds({a: two, c: one})
            case.drop()

    @check(Capability.SCHEMA_CHANGES, fails_from="0.2")
    def test_a_schema_change_that_is_interrupted_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        items = _items(driver)
        for (change, _), (shift, moment) in itertools.product(driver.changes, enumerate(_MOMENTS)):
            changed = partial(driver.mount_changed, change=change)
            for number in itertools.count(1):
                case = Case(driver, tmp_path / f"{change} {moment} {number}")
                case.holds(items)
                case.history.mount = changed
                was = case.interrupt({case.box: items}, moment, number)
                case.history.mount = driver.mount if (number + shift) % 2 else changed
                case.holds(items)
                case.history.mount = changed
                case.holds(items)
                if not was:
                    break

    @check(Capability.SCHEMA_CHANGES, fails_from="0.2")
    def test_items_of_others_outlast_a_schema_change(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        for change, _ in driver.changes:
            case = Case(driver, tmp_path / change)
            case.holds({a: driver.values[0], b: driver.values[1]})
            by_hand(driver.put_by_hand, case.box, c, driver.values[2])
            case.history.mount = partial(driver.mount_changed, change=change)
            case.history.attempt({case.box: {a: driver.values[0], b: driver.values[2]}})
            found = driver.contents(case.box) or {}
            assert found.get(c) == driver.values[2], (
                f"others put {c!r} there; after the change {change!r} the container holds {found}: a change that "
                "cannot keep items of others must fail"
            )


_MOMENTS = cast(tuple[Moment, ...], ("before", "amid", "after"))


def _items(driver: Driver) -> dict[StableKey, Any]:
    values: Iterator[Any] = itertools.cycle(driver.values)
    return dict(zip(driver.keys, values, strict=False))
