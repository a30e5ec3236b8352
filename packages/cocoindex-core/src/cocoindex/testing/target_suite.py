"""`TargetSuite`: the tests that a target connector has to pass, whoever wrote it. Testing kit."""

from __future__ import annotations

import itertools
import random
import unittest
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .target_driver import TargetDriver
from .target_history import History, Moment, Wanted

_boxes = itertools.count(1)

Driver = TargetDriver[Any, Any]


class TargetSuite:
    """Derive a class from it whose name begins with `Test`, and give it a fixture `driver`; pytest does the rest.

    Each test drives one app of a program that declares what the test wants, in a store below `tmp_path`, and compares
    what the target then holds with what was declared.
    """

    def test_items_are_created(self, driver: Driver, tmp_path: Path) -> None:
        a, b, *_ = driver.keys
        _Case(driver, tmp_path).holds({a: driver.values[0], b: driver.values[1]})

    def test_a_container_may_be_empty(self, driver: Driver, tmp_path: Path) -> None:
        _Case(driver, tmp_path).holds({})

    def test_changed_items_are_updated(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        case.holds({a: driver.values[2], b: driver.values[1]})

    def test_items_that_are_declared_no_more_are_deleted(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        case.holds({b: driver.values[1]})
        case.holds({})

    def test_deleted_items_can_come_back(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a = driver.keys[0]
        for items in ({a: driver.values[0]}, {}, {a: driver.values[0]}, {}, {a: driver.values[1]}):
            case.holds(items)

    def test_unchanged_items_give_no_action(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        case.holds(items)
        actions = case.holds(items)
        assert not actions, f"nothing changed, and reconcile() gave these actions: {actions}"

    def test_a_full_reprocess_applies_every_item(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        case.holds(items)
        actions = case.holds(items, full=True)
        assert len(actions) == len(items), f"{len(items)} items may be missing, and reconcile() gave {actions}"

    def test_many_items_are_written_and_deleted_together(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        values = itertools.cycle(driver.values)
        items = {driver.numbered_key(number): next(values) for number in range(driver.many)}
        case.holds(items)
        case.holds({driver.numbered_key(0): driver.values[1]})

    def test_calls_mix_writes_and_deletes(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, c, d, *_ = driver.keys
        one, two, three = driver.values
        for items in ({a: one, b: two}, {b: one, c: two}, {a: two, c: three, d: one}, {b: three}, {a: one, d: two}):
            case.hold({case.box: items}, owner=lambda _: "all")
        keys = [driver.numbered_key(number) for number in range(driver.many)]
        third = len(keys) // 3
        case.hold({case.box: dict.fromkeys(keys[: 2 * third], one)}, owner=lambda _: "all")
        case.hold({case.box: dict.fromkeys(keys[third:], two)}, owner=lambda _: "all")

    def test_two_spellings_of_a_key_are_one_item(self, driver: Driver, tmp_path: Path) -> None:
        if not driver.spellings:
            raise unittest.SkipTest("the driver names no two keys that the target calls equal (`spellings`)")
        for number, (first, second) in enumerate(driver.spellings):
            case = _Case(driver, tmp_path / str(number))
            one, two, _ = driver.values
            for key, value in ((first, one), (second, one), (second, one), (second, two), (first, two)):
                # Each spelling is declared by a component of its own: the new one takes over, then the old one goes.
                outcome = case.history.update({case.box: {key: value}}, owner=repr)
                assert not outcome.failures, f"a component failed: {outcome.failures[0]!r}"
                found = driver.contents(case.box) or {}
                assert list(found.values()) == [value], f"declared as {key!r}, the container holds {found}"
            case.holds({})

    def test_containers_are_apart(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, one, two = driver.keys[0], _box(), _box()
        case.hold({one: {a: driver.values[0]}, two: {a: driver.values[1]}})
        case.hold({one: {a: driver.values[0]}, two: {}})
        case.hold({one: {a: driver.values[2]}, two: {a: driver.values[1]}})

    def test_a_container_that_is_declared_no_more_goes_alone(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        one, two = _box(), _box()
        items = {a: driver.values[0], b: driver.values[1]}
        case.hold({one: items, two: items})
        case.hold({two: items})
        if driver.on_removal != "abandon":
            case.hold({one: {b: driver.values[2]}, two: items})

    def test_a_dropped_app_leaves_nothing(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.hold({_box(): {a: driver.values[0]}, _box(): {b: driver.values[1]}})
        case.drop()

    def test_an_item_moves_to_another_component(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        items = {a: driver.values[0], b: driver.values[1]}
        for owner, value in (("m", 0), ("a", 0), ("z", 2), ("m", 1)):
            items[a] = driver.values[value]
            case.hold({case.box: items}, owner=lambda _, owner=owner: owner)

    def test_memoized_components_keep_their_items(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path, memo=True)
        a, b, *_ = driver.keys
        case.holds({a: driver.values[0], b: driver.values[1]})
        assert case.holds({a: driver.values[0], b: driver.values[1]}) == []
        case.history.runs.clear()
        case.holds({a: driver.values[0], b: driver.values[2]})
        assert case.history.runs == [b], "what mount() returns is part of the memo key: give it __coco_memo_key__()"

    def test_a_preview_touches_nothing(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, c, *_ = driver.keys
        assert case.history.preview({case.box: {a: driver.values[0]}}), "a new item, and no action in the preview"
        assert driver.contents(case.box) in (None, {})
        case.holds({a: driver.values[0], b: driver.values[1]})
        changed = {b: driver.values[2], c: driver.values[0]}
        assert len(case.history.preview({case.box: changed})) >= 3, "an update, a removal and a new item"
        assert case.history.preview({}), "a container is removed, and no action in the preview"
        assert _same(driver.contents(case.box), {a: driver.values[0], b: driver.values[1]})
        case.holds(changed)

    def test_one_bad_item_fails_alone(self, driver: Driver, tmp_path: Path) -> None:
        if driver.refused is None:
            raise unittest.SkipTest("the driver names no item that the target refuses (`refused`)")
        case = _Case(driver, tmp_path)
        key, value = driver.refused
        good = dict(zip(driver.keys[:3], driver.values, strict=True))
        failures = case.history.update({case.box: {**good, key: value}}).failures
        assert len(failures) == 1, f"one component has to fail, and these did: {failures}"
        assert _same(driver.contents(case.box), good)
        case.holds(good)
        case.holds({})

    def test_what_somebody_else_keeps_in_a_container_stays(self, driver: Driver, tmp_path: Path) -> None:
        a, b, c, *_ = driver.keys
        for number, at_once in enumerate((True, False)):
            case = _Case(driver, tmp_path / str(number))
            _by_hand(driver.put_by_hand, case.box, a, driver.values[0])
            case.history.update({case.box: {b: driver.values[1], c: driver.values[2]}})
            if not at_once:
                case.history.update({case.box: {b: driver.values[2]}})
            assert (driver.contents(case.box) or {}).get(a) == driver.values[0]
            case.history.drop()
            found = driver.contents(case.box)
            assert _same(found, {a: driver.values[0]}), (
                f"somebody else kept {a!r} there, and after a drop it is {found}"
            )

    def test_what_somebody_else_put_there_later_stays(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        case.holds({b: driver.values[1]})
        _by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        case.history.update({case.box: {}})
        case.history.update({})
        found = driver.contents(case.box)
        assert _same(found, {a: driver.values[0]}), f"somebody else put {a!r} there; after a removal it is {found}"

    def test_an_item_of_somebody_else_is_not_overwritten(self, driver: Driver, tmp_path: Path) -> None:
        case = _Case(driver, tmp_path)
        a, b, *_ = driver.keys
        _by_hand(driver.put_by_hand, case.box, a, driver.values[0])
        for full in (False, False, True):
            outcome = case.history.update({case.box: {a: driver.values[1], b: driver.values[1]}}, full=full)
            assert len(outcome.failures) == 1, f"one component has to fail, and these did: {outcome.failures}"
            assert _same(driver.contents(case.box), {a: driver.values[0], b: driver.values[1]})
        case.history.drop()
        assert _same(driver.contents(case.box), {a: driver.values[0]})

    def test_a_container_that_was_removed_by_hand_is_filled_again(self, driver: Driver, tmp_path: Path) -> None:
        items = dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))
        for number, memo in enumerate((True, False, True)):
            case = _Case(driver, tmp_path / str(number), memo=memo)
            for _ in range(number + 1):
                case.holds(items)
            _by_hand(driver.remove_by_hand, case.box)
            case.holds(items)
            assert not case.holds(items), "it is filled, and nothing changed, and there are actions"
            _by_hand(driver.remove_by_hand, case.box)
            case.drop()

    def test_what_was_interrupted_before_it_was_applied_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "before")

    def test_what_was_interrupted_while_it_was_applied_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "amid")

    def test_what_was_applied_and_not_remembered_is_repaired(self, driver: Driver, tmp_path: Path) -> None:
        _interrupted_everywhere(driver, tmp_path, "after")

    def test_a_first_update_that_was_interrupted_is_undone(self, driver: Driver, tmp_path: Path) -> None:
        moments: tuple[Moment, ...] = ("before", "amid", "after")
        for moment, number in itertools.product(moments, (1, 2)):
            case = _Case(driver, tmp_path / f"{moment}{number}")
            case.interrupt(
                {case.box: dict(zip(driver.keys, itertools.cycle(driver.values), strict=False))}, moment, number
            )
            case.holds({})
            case.drop()

    def test_any_history_ends_as_what_was_declared_last(self, driver: Driver, tmp_path: Path) -> None:
        for seed in range(3):
            chance = random.Random(seed)
            case = _Case(driver, tmp_path / str(seed))
            boxes = [_box(), _box()]
            for _ in range(8):
                wanted = _any_wanted(driver, boxes, chance)
                if chance.random() < 0.5:
                    case.interrupt(wanted, chance.choice(["before", "amid", "after"]), chance.randint(1, 3))
                    wanted = chance.choice([wanted, _any_wanted(driver, boxes, chance)])
                case.hold(wanted)
            case.drop()


class _Case:
    """A history, and a check after each step of it that the target holds what was declared."""

    def __init__(self, driver: Driver, folder: Path, *, memo: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self.history = History(driver, folder / "store", memo=memo)
        self.box = _box()
        self._driver = driver
        self._abandoned: dict[str, Mapping[StableKey, Any] | None] = {}
        self._boxes: set[str] = set()

    def holds(self, items: Mapping[StableKey, Any], *, full: bool = False) -> list[Any]:
        """Declare these items in one container, and check; returns the actions on items."""
        return self.hold({self.box: items}, full=full)

    def hold(self, wanted: Wanted, **options: Any) -> list[Any]:
        """Declare `wanted`, and check; returns the actions on items."""
        self._expect_to_stay(wanted)
        outcome = self.history.update(wanted, **options)
        if outcome.failures:
            raise AssertionError(f"a component failed: {outcome.failures[0]!r}") from outcome.failures[0]
        self._check(wanted)
        return outcome.actions

    def interrupt(self, wanted: Wanted, moment: Moment, number: int) -> bool:
        """Declare `wanted`, and be interrupted; what is there then is not known."""
        self._boxes.update(wanted)
        return self.history.interrupt(wanted, moment, number)

    def drop(self) -> None:
        """Drop the app, and check that nothing is left."""
        self._expect_to_stay({})
        self.history.drop()
        self._check({})

    def _expect_to_stay(self, wanted: Wanted) -> None:
        self._boxes.update(wanted)
        if self._driver.on_removal == "abandon":
            gone = self._boxes - set(wanted)
            self._abandoned = {box: self._driver.contents(box) for box in gone}

    def _check(self, wanted: Wanted) -> None:
        for box in sorted(self._boxes):
            found = self._driver.contents(box)
            if box in wanted:
                ok, expected = _same(found, wanted[box], self._driver.on_removal), wanted[box]
            elif self._driver.on_removal == "abandon":
                ok, expected = found == self._abandoned[box], self._abandoned[box] or {}
            else:
                ok, expected = found is None or (self._driver.on_removal == "items" and not found), {}
            assert ok, f"container {box!r} holds {found}, and should hold {expected or 'nothing'}"


def _same(found: Mapping[StableKey, Any] | None, expected: Mapping[StableKey, Any], on_removal: str = "items") -> bool:
    """Whether that is what was found; where only the items are known, an empty container is none."""
    if found is None:
        return on_removal == "items" and not expected
    return dict(found) == dict(expected)


def _by_hand(act: Callable[..., None], *args: Any) -> None:
    try:
        act(*args)
    except NotImplementedError:
        raise unittest.SkipTest(f"the driver has no {act.__name__}()") from None


def _box() -> str:
    return f"box{next(_boxes)}"


def _any_wanted(driver: Driver, boxes: list[str], chance: random.Random) -> Wanted:
    return {
        box: {key: chance.choice(driver.values) for key in driver.keys if chance.random() < 0.6}
        for box in boxes
        if driver.on_removal == "abandon" or chance.random() < 0.8
    }


def _interrupted_everywhere(driver: Driver, folder: Path, moment: Moment) -> None:
    """Interrupt one update at each of its rounds, and go on to three different ends."""
    for end in range(3):
        number, was = 1, True
        while was:
            case = _Case(driver, folder / f"{end} {number}")
            before, interrupted, neither = _three(driver)
            case.hold(before)
            was = case.interrupt(interrupted, moment, number)
            case.hold((interrupted, before, neither)[end])
            number += 1


def _three(driver: Driver) -> Iterator[Wanted]:
    """Three things to want, between which items and containers come, go and change."""
    a, b, c, d, *_ = driver.keys
    one, two, three = driver.values
    first, second, third = _box(), _box(), _box()
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
