"""Checks of unusual keys and values: each is stored unchanged, or refused with an error. Testing kit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .capability import Capability
from .check import check
from .target_case import Case, Driver


class KeyChecks:
    """No key is confused with another one, and no value is changed."""

    @check(Capability.ODD_KEYS, fails_from="0.2")
    def test_odd_keys_are_held_apart_or_refused(self, driver: Driver, tmp_path: Path) -> None:
        alone = Case(driver, tmp_path / "alone")
        value = driver.values[0]
        held: list[tuple[StableKey, Any]] = []  # each key, with the key under which `contents` shows the item
        for key in driver.odd_keys:
            failures = alone.history.attempt({alone.box: _Pairs([(key, value)])}, owner=_component)
            found = driver.contents(alone.box) or {}
            if failures:
                assert not found, f"the key {key!r} was refused, but the container holds {found}"
                continue
            assert list(found.values()) == [value], f"an item was declared as {key!r}, but the container holds {found}"
            held.append((key, next(iter(found))))
        alone.holds({})
        _hold_together(Case(driver, tmp_path / "together"), driver, held)

    @check(Capability.ODD_VALUES, fails_from="0.2")
    def test_odd_values_are_held_or_refused(self, driver: Driver, tmp_path: Path) -> None:
        case = Case(driver, tmp_path)
        a, b, *_ = driver.keys
        for value in driver.odd_values:
            failures = case.history.attempt({case.box: {a: value, b: driver.values[0]}})
            found = dict(driver.contents(case.box) or {})
            assert found.pop(b, None) == driver.values[0], (
                f"with the value {value!r} in one item, another item is missing"
            )
            expected = {} if failures else {a: value}
            assert found == expected, (
                f"the value {value!r} was {'refused' if failures else 'declared'}, but the container holds {found}"
            )
            if not failures:
                assert not case.holds({a: value, b: driver.values[0]}), (
                    f"{value!r} is stored and unchanged, but there are actions"
                )
            case.holds({b: driver.values[0]})


class _Pairs(dict[Any, Any]):
    """Items whose keys can be equal in Python, such as 1 and True."""

    def __init__(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self._pairs = list(pairs)

    def items(self) -> Any:
        return self._pairs


def _hold_together(case: Case, driver: Driver, held: list[tuple[StableKey, Any]]) -> None:
    """Declare all keys at once, then remove one after the other."""
    value = driver.values[0]
    for first in range(len(held) + 1):
        rest = held[first:]
        pairs = _Pairs((key, value) for key, _ in rest)
        failures = case.history.update({case.box: pairs}, owner=_component).failures
        assert not failures, f"each key can be stored alone, but with the others a component failed: {failures[0]!r}"
        shown = {key for _, key in rest}
        found = set(driver.contents(case.box) or {})
        gone = held[first - 1][0] if first else None
        assert found == shown, (
            f"{[key for key, _ in rest]} are declared{f', {gone!r} was removed' if first else ''}; "
            f"missing: {sorted(map(repr, shown - found))}, too many: {sorted(map(repr, found - shown))}"
        )


def _component(key: StableKey) -> StableKey:
    return f"{type(key).__name__} {key!r}"
