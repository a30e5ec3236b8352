"""Checks of several apps on one target, and of bad items among good ones. Testing kit."""

from __future__ import annotations

from pathlib import Path

from .capability import Capability
from .check import check
from .target_case import Case, Driver, new_box, same


class AppChecks:
    """Apps do not touch items of other apps; a bad item fails alone."""

    @check(Capability.ITEMS, fails_from="0.2")
    def test_apps_leave_each_others_containers(self, driver: Driver, tmp_path: Path) -> None:
        ours, theirs = Case(driver, tmp_path, app="ours"), Case(driver, tmp_path, app="theirs")
        a, b, *_ = driver.keys
        one, two, three = driver.values
        theirs.holds({a: one, b: two})
        ours.holds({a: two})
        ours.holds({b: three}, full=True)
        ours.drop()
        assert same(driver.contents(theirs.box), {a: one, b: two}), "dropping another app removed items of this one"
        assert not theirs.holds({a: one, b: two})

    @check(Capability.SHARED_CONTAINERS, fails_from="0.2")
    def test_apps_share_a_container(self, driver: Driver, tmp_path: Path) -> None:
        ours, theirs = Case(driver, tmp_path, app="ours"), Case(driver, tmp_path, app="theirs")
        a, b, *_ = driver.keys
        one, two, three = driver.values
        box = ours.box
        ours.history.update({box: {a: one}})
        assert not theirs.history.update({box: {b: two}}).failures
        assert not ours.history.update({box: {a: three}}).failures
        assert same(driver.contents(box), {a: three, b: two}), (
            f"two apps share the container; it holds {driver.contents(box)}"
        )
        theirs.history.drop()
        assert same(driver.contents(box), {a: three}), (
            f"one of two apps was dropped; the container holds {driver.contents(box)}"
        )
        ours.history.drop()
        assert not driver.contents(box)

    @check(Capability.REFUSED_ITEMS, fails_from="0.2")
    def test_bad_items_fail_alone_wherever_they_are(self, driver: Driver, tmp_path: Path) -> None:
        assert driver.refused is not None
        key, bad = driver.refused
        keys = [driver.numbered_key(number) for number in range(min(driver.many // 5, 30))]
        good = dict.fromkeys(keys, driver.values[0])
        for number, at in enumerate((0, len(keys) // 2, len(keys))):
            case = Case(driver, tmp_path / str(number))
            boxes = [new_box(), new_box()]
            one = driver.values[0]
            items = {**dict.fromkeys(keys[:at], one), key: bad, **dict.fromkeys(keys[at:], one)}
            failures = case.history.attempt(dict.fromkeys(boxes, items))
            assert len(failures) == 2, f"two components should fail; failures: {failures[:5]}"
            for box in boxes:
                assert same(driver.contents(box), good), "an item was refused, and other items are missing"
            changed = dict.fromkeys(keys[1:], driver.values[1])
            failures = case.history.attempt({box: {**changed, key: bad} for box in boxes})
            assert len(failures) == 2, f"two components should fail; failures: {failures[:5]}"
            for box in boxes:
                assert same(driver.contents(box), changed), "an item was refused, and other items are not as declared"
            case.hold(dict.fromkeys(boxes, changed))
            case.drop()
