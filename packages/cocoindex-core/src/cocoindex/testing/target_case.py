"""A sequence of updates of an app with one connector, with checks of the target's content. Testing kit."""

from __future__ import annotations

import itertools
import random
import unittest
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .taps import Moment
from .target_driver import TargetDriver
from .target_history import History, Wanted

_boxes = itertools.count(1)

Driver = TargetDriver[Any, Any]


class Case:
    """A history of updates, with a check after each update that the target holds what was declared."""

    def __init__(self, driver: Driver, folder: Path, *, memo: bool = False, app: str = "suite") -> None:
        folder.mkdir(exist_ok=True)
        self.history = History(driver, folder / "store", memo=memo, app=app)
        self.box = new_box()
        self._driver = driver
        self._abandoned: dict[str, Mapping[StableKey, Any] | None] = {}
        self._boxes: set[str] = set()

    def holds(self, items: Mapping[StableKey, Any], **options: Any) -> list[Any]:
        """Declare these items in one container, and check the target; return the actions on items."""
        return self.hold({self.box: items}, **options)

    def hold(self, wanted: Wanted, **options: Any) -> list[Any]:
        """Declare `wanted`, and check the target; return the actions on items."""
        self._expect_to_stay(wanted)
        outcome = self.history.update(wanted, **options)
        if outcome.failures:
            raise AssertionError(f"a component failed: {outcome.failures[0]!r}") from outcome.failures[0]
        self._check(wanted)
        return outcome.actions

    def interrupt(self, wanted: Wanted, moment: Moment, number: int) -> bool:
        """Declare `wanted`, and interrupt the update; what the target holds is then unknown."""
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
                ok, expected = same(found, wanted[box], self._driver.on_removal), wanted[box]
            elif self._driver.on_removal == "abandon":
                ok, expected = found == self._abandoned[box], self._abandoned[box] or {}
            else:
                ok, expected = found is None or (self._driver.on_removal == "items" and not found), {}
            assert ok, f"container {box!r} holds {found}, but should hold {expected or 'nothing'}"


def same(found: Mapping[StableKey, Any] | None, expected: Mapping[StableKey, Any], on_removal: str = "items") -> bool:
    """Whether `found` equals `expected`. With `on_removal` `"items"`, an empty container may also be missing (None)."""
    if found is None:
        return on_removal == "items" and not expected
    return dict(found) == dict(expected)


def by_hand(act: Callable[..., None], *args: Any) -> None:
    try:
        act(*args)
    except NotImplementedError:
        raise unittest.SkipTest(f"the driver does not define {act.__name__}()") from None


def new_box() -> str:
    return f"box{next(_boxes)}"


def any_wanted(driver: Driver, boxes: list[str], chance: random.Random) -> Wanted:
    return {
        box: {key: chance.choice(driver.values) for key in driver.keys if chance.random() < 0.6}
        for box in boxes
        if driver.on_removal == "abandon" or chance.random() < 0.8
    }
