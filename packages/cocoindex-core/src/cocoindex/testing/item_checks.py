"""Checks of items: created, changed, deleted, and many at a time. Testing kit."""

from __future__ import annotations

import itertools
from pathlib import Path

from .capability import Capability
from .check import check
from .target_case import Case, Driver, same


class ItemChecks:
    """Items are created, changed and deleted as declared, also many at a time."""

    @check(Capability.ITEMS)
    def test_items_are_created(self, driver: Driver, tmp_path: Path) -> None:
        a, b, *_ = driver.keys
        Case(driver, tmp_path).holds({a: driver.values[0], b: driver.values[1]})

    @check(Capability.ITEMS)
    def test_changed_items_are_updated(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        case.holds({a: driver.values[2], b: driver.values[1]})

    @check(Capability.ITEMS)
    def test_items_that_are_declared_no_more_are_deleted(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        case.holds({b: driver.values[1]})
        case.holds({})

    @check(Capability.ITEMS)
    def test_deleted_items_can_come_back(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a = driver.keys[0]
        for items in ({a: driver.values[0]}, {}, {a: driver.values[0]}, {}, {a: driver.values[1]}):
            case.holds(items)

    @check(Capability.ITEMS)
    def test_unchanged_items_give_no_action(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        case.holds(items)
        actions = case.holds(items)
        assert not actions, f"nothing changed, but reconcile() returned actions: {actions}"

    @check(Capability.ITEMS)
    def test_a_full_reprocess_applies_every_item(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        case.holds(items)
        actions = case.holds(items, full=True)
        assert len(actions) == len(items), (
            f"each of {len(items)} items may be missing and needs an action; actions: {actions}"
        )

    @check(Capability.ITEMS)
    def test_many_items_are_written_and_deleted_together(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        values = itertools.cycle(driver.values)
        items = {driver.numbered_key(number): next(values) for number in range(driver.many)}
        case.holds(items)
        case.holds({driver.numbered_key(0): driver.values[1]})

    @check(Capability.ITEMS)
    def test_calls_mix_writes_and_deletes(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, d, *_ = driver.keys
        one, two, three = driver.values
        for items in ({a: one, b: two}, {b: one, c: two}, {a: two, c: three, d: one}, {b: three}, {a: one, d: two}):
            case.hold({case.box: items}, owner=lambda _: "all")
        keys = [driver.numbered_key(number) for number in range(driver.many)]
        third = len(keys) // 3
        case.hold({case.box: dict.fromkeys(keys[: 2 * third], one)}, owner=lambda _: "all")
        case.hold({case.box: dict.fromkeys(keys[third:], two)}, owner=lambda _: "all")

    @check(Capability.ITEMS)
    def test_an_item_moves_to_another_component(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        items = {a: driver.values[0], b: driver.values[1]}
        for owner, value in (("m", 0), ("a", 0), ("z", 2), ("m", 1)):
            items[a] = driver.values[value]
            case.hold({case.box: items}, owner=lambda _, owner=owner: owner)

    @check(Capability.ITEMS)
    def test_memoized_components_keep_their_items(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path, memo=True)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        assert case.holds({a: driver.values[0], b: driver.values[1]}) == []
        case.history.runs.clear()
        case.holds({a: driver.values[0], b: driver.values[2]})
        assert case.history.runs == [b], (
            "the result of mount() is part of the memo key: define __coco_memo_key__() in its class"
        )

    @check(Capability.ITEMS)
    def test_a_preview_touches_nothing(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        assert case.history.preview({case.box: {a: driver.values[0]}}), (
            "there is a new item, but no action in the preview"
        )
        assert driver.contents(case.box) in (None, {})
        case.holds({a: driver.values[0], b: driver.values[1]})
        changed = {b: driver.values[2], c: driver.values[0]}
        assert len(case.history.preview({case.box: changed})) >= 3, (
            "an item was changed, one removed and one added; the preview needs an action for each"
        )
        assert case.history.preview({}), "a container is removed, but there is no action in the preview"
        assert same(driver.contents(case.box), {a: driver.values[0], b: driver.values[1]})
        case.holds(changed)

    @check(Capability.REFUSED_ITEMS)
    def test_one_bad_item_fails_alone(self, driver: Driver, tmp_path: Path) -> None:
        assert driver.refused is not None
        case = Case(driver, tmp_path)
        key, value = driver.refused
        good = dict(zip(driver.keys[:3], driver.values, strict=True))
        failures = case.history.attempt({case.box: {**good, key: value}})
        assert len(failures) == 1, f"one component should fail; failures: {failures}"
        assert same(driver.contents(case.box), good)
        case.holds(good)
        case.holds({})

    @check(Capability.SPELLINGS)
    def test_two_spellings_of_a_key_are_one_item(self, driver: Driver, tmp_path: Path) -> None:
        for number, (first, second) in enumerate(driver.spellings):
            case = Case(driver, tmp_path / str(number))
            one, two, _ = driver.values
            for key, value in ((first, one), (second, one), (second, one), (second, two), (first, two)):
                # A component for each spelling: the new one takes over the item, then the old one is removed.
                outcome = case.history.update({case.box: {key: value}}, owner=repr)
                assert not outcome.failures, f"a component failed: {outcome.failures[0]!r}"
                found = driver.contents(case.box) or {}
                assert list(found.values()) == [value], f"declared as {key!r}, the container holds {found}"
            case.holds({})
