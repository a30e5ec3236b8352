"""Checks of attachments of containers, such as indexes and triggers. Testing kit."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

from .._keys import StableKey
from .capability import Capability
from .check import check
from .taps import Moment
from .target_case import Case, Driver, by_hand


class AttachmentChecks:
    """Attachments exist as declared, beside the items, and are removed when they are no longer declared."""

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_are_made_changed_and_removed(self, driver: Driver, tmp_path: Path) -> None:
        case = _Attaching(driver, tmp_path)
        one, two = driver.attachments[:2]
        for attached in ({"x": one}, {"x": one, "y": two}, {"x": two, "y": two}, {"y": two}, {"x": one}, {}):
            case.holds(attached)

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_stay_while_items_change(self, driver: Driver, tmp_path: Path) -> None:
        case = _Attaching(driver, tmp_path)
        attached = {"x": driver.attachments[0]}
        a, b, *_ = driver.keys
        for items in ({}, {a: driver.values[0]}, {a: driver.values[1], b: driver.values[2]}, {b: driver.values[2]}, {}):
            case.holds(attached, items)
        case.holds(attached, {a: driver.values[0]}, full=True)

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_go_with_their_container(self, driver: Driver, tmp_path: Path) -> None:
        case = _Attaching(driver, tmp_path)
        case.holds({"x": driver.attachments[0], "y": driver.attachments[1]})
        case.hold({})
        if driver.on_removal != "abandon":
            assert not driver.attached(case.box), f"a removed container still has {driver.attached(case.box)}"
            case.holds({"y": driver.attachments[0]})
        case.drop()

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_come_again_with_a_container_removed_by_hand(self, driver: Driver, tmp_path: Path) -> None:
        case = _Attaching(driver, tmp_path)
        attached = {"x": driver.attachments[0]}
        for _ in range(2):
            case.holds(attached)
            by_hand(driver.remove_by_hand, case.box)
        case.holds(attached)

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_are_there_after_a_schema_change(self, driver: Driver, tmp_path: Path) -> None:
        attached = {"x": driver.attachments[0]}
        for change, _ in driver.changes:
            case = _Attaching(driver, tmp_path / change)
            case.holds(attached)
            for mount in (partial(driver.mount_changed, change=change), driver.mount):
                case.history.mount = mount
                case.holds(attached)

    @check(Capability.ATTACHMENTS, fails_from="0.2")
    def test_attachments_that_were_interrupted_are_repaired(self, driver: Driver, tmp_path: Path) -> None:
        one, two = driver.attachments[:2]
        ends: tuple[dict[str, Any], ...] = ({"x": one, "y": one}, {"x": two, "z": one}, {})
        for moment, (number_of_end, end) in itertools.product(_MOMENTS, enumerate(ends)):
            for number in itertools.count(1):
                case = _Attaching(driver, tmp_path / f"{moment} {number_of_end} {number}")
                case.holds({"x": one, "y": one})
                case.history.attachments = {"x": two, "z": one}
                was = case.interrupt({case.box: {driver.keys[0]: driver.values[1]}}, moment, number)
                case.holds(end)
                if not was:
                    break


_MOMENTS = cast(tuple[Moment, ...], ("before", "amid", "after"))


class _Attaching(Case):
    """A case whose container has attachments."""

    def holds(  # type: ignore[override]  # the attachments are the first argument here
        self, attached: Mapping[str, Any], items: Mapping[StableKey, Any] | None = None, **options: Any
    ) -> list[Any]:
        """Declare attachments and items, and check both."""
        self.history.attachments = attached
        declared = {self._driver.keys[0]: self._driver.values[0]} if items is None else items
        actions = self.hold({self.box: declared}, **options)
        found = dict(self._driver.attached(self.box))
        assert found == dict(attached), f"the attachments are {found}, but should be {dict(attached)}"
        return actions
