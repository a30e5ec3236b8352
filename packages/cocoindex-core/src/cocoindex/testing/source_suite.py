"""`SourceSuite`: the tests that every source must pass. Testing kit."""

from __future__ import annotations

import asyncio
import itertools
import random
import tracemalloc
import unittest
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .capability import Capability
from .check import check
from .source_driver import SourceDriver
from .source_program import Reading, SourceProgram

Driver = SourceDriver[Any]

#: The additional bytes that may be in use when ten times as many items are read: in total, and per additional item.
_MORE, _MORE_AN_ITEM = 1_000_000, 20
#: A number of items so large that the first is read before all are listed.
_SOME = 60
_cases = itertools.count(1)


class SourceSuite:
    """To use it, derive a class whose name begins with `Test`, and define a fixture `driver`.

    Each test runs a program that reads the source, changes the source, and checks which items the next update reads and
    what its target then holds. A live source should also pass `LiveSourceSuite`.
    """

    @check(Capability.READING)
    def test_each_item_is_read(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            await case.settles()
            for key, value in zip(driver.keys, itertools.cycle(driver.values), strict=False):
                await case.put(key, value)
            await case.settles()
            for key in driver.keys:
                await case.remove(key)
            await case.settles()

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_keys_are_the_same_in_every_run(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, c, d, *_ = driver.keys
            for key in (b, c, d):
                await case.put(key, driver.values[0])
            await case.settles()
            before = dict(case.program.paths)
            assert len(set(before.values())) == 3, f"three items need three keys, but their components are {before}"
            await case.remove(c)
            await case.put(a, driver.values[1])
            await case.put(d, driver.values[1])
            await case.settles(full=True)
            after = case.program.paths
            for key in (b, d):
                assert after[key] == before[key], (
                    f"other items were added and removed, and the item {key!r} moved from {before[key]} to "
                    f"{after[key]}: use a key that identifies the item, not its position in a list"
                )

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_an_unchanged_source_runs_nothing_again(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            for key, value in zip(driver.keys, itertools.cycle(driver.values), strict=False):
                await case.put(key, value)
            await case.settles()
            for _ in range(2):
                ran = (await case.settles()).ran
                assert not ran, f"nothing changed, but {ran} were read again: give items a memo key or a memo state"

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_each_change_is_noticed_and_only_it(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, c, *_ = driver.keys
            one, two, three = driver.values
            for key in (a, b, c):
                await case.put(key, one)
            await case.settles()
            for key, value in ((a, two), (b, three), (a, one), (c, two), (a, three), (b, one)):
                await case.put(key, value)
                ran = (await case.settles()).ran
                assert ran == [key], f"{key!r} was changed, but {ran} were read"

        _run(driver, tmp_path, test)

    @check(Capability.BY_CONTENT)
    def test_what_is_written_again_is_not_read_again(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, *_ = driver.keys
            for key in (a, b):
                await case.put(key, driver.values[0])
            await case.settles()
            await case.put(a, driver.values[0])
            ran = (await case.settles()).ran
            assert not ran, f"{a!r} was written again with the same value, but {ran} were processed again"

        _run(driver, tmp_path, test)

    @check(Capability.SAME_LOOKS)
    def test_a_change_that_keeps_size_and_time_is_noticed(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, *_ = driver.keys
            old, other, _ = driver.values
            for key in (a, b):
                await case.put(key, old)
            await case.settles()
            new = old[:-1] + ("y" if old[-1] == "x" else "x") if isinstance(old, str) else other
            case.source[a] = new
            await driver.put_alike(a, new)
            ran = (await case.settles()).ran
            assert ran == [a], f"{a!r} was changed, but {ran} were read"

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_any_changes_between_runs_are_noticed(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            chance = random.Random(11)
            for _ in range(12):
                for _ in range(chance.randint(0, 4)):
                    await case.any_change(chance)
                await case.settles()

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_what_changes_while_it_is_read_is_noticed(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            keys = [driver.numbered_key(number) for number in range(_SOME)]
            for key in keys:
                await case.put(key, driver.values[0])

            async def change() -> None:
                for key in keys:
                    await case.put(key, driver.values[1])

            await case.program.read(first=change)
            await case.settles()

        _run(driver, tmp_path, test)

    @check(Capability.READING)
    def test_items_that_vanish_while_they_are_read_harm_no_others(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            keys = [driver.numbered_key(number) for number in range(_SOME)]
            for key in keys:
                await case.put(key, driver.values[0])

            async def vanish() -> None:
                for key in keys[::2]:
                    await case.remove(key)

            failures = (await case.program.read(first=vanish)).failures
            missing = [key for key in case.source if key not in case.program.target.held]
            assert not missing, f"other items were removed, and {missing} were not read; failures: {failures}"
            await case.settles()

        _run(driver, tmp_path, test)

    @check(Capability.BROKEN_LISTINGS)
    def test_a_listing_that_breaks_removes_nothing(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            for key in driver.keys:
                await case.put(key, driver.values[0])
            await case.settles()
            await driver.break_listing()
            failures = (await case.program.read()).failures
            assert failures, "the listing failed, but the update did not: do not catch the error"
            held = case.program.target.held
            assert held == case.source, (
                f"the listing failed, and items were removed: the target holds {held}, the source {case.source}"
            )
            await driver.mend_listing()
            await case.remove(driver.keys[0])
            await case.settles()

        _run(driver, tmp_path, test)

    @check(Capability.LARGE_SOURCES)
    def test_many_items_are_read_in_constant_memory(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            small = driver.large // 10
            await driver.fill(small)
            few = await _most_memory(case.program, driver, small)
            await driver.fill(driver.large - small)
            many = await _most_memory(case.program, driver, driver.large)
            assert many - few <= _MORE + _MORE_AN_ITEM * (driver.large - small), (
                f"reading {small} items uses up to {few} bytes, reading {driver.large} up to {many}: read on demand, "
                "and keep no list of all items"
            )

        _run(driver, tmp_path, test)


class _Case:
    """A source that is changed, and a program that copies it to a target.

    Attributes:
        source: what the source holds.
        program: the program.
    """

    def __init__(self, driver: Driver, folder: Path) -> None:
        self._driver = driver
        self.source: dict[StableKey, Any] = {}
        self.program = SourceProgram(driver, folder / "store", f"cocoindex.testing/source/{next(_cases)}")

    async def put(self, key: StableKey, value: Any) -> None:
        self.source[key] = value
        await self._driver.put(key, value)

    async def remove(self, key: StableKey) -> None:
        del self.source[key]
        await self._driver.remove(key)

    async def any_change(self, chance: random.Random) -> None:
        key = chance.choice(self._driver.keys)
        if key in self.source and chance.random() < 0.4:
            await self.remove(key)
        else:
            await self.put(key, chance.choice(self._driver.values))

    async def settles(self, *, full: bool = False) -> Reading:
        """Update, and check that the target equals the source."""
        reading = await self.program.read(full=full)
        if reading.failures:
            raise AssertionError(f"an update failed: {reading.failures[0]!r}") from reading.failures[0]
        held = self.program.target.held
        assert held == self.source, f"the source holds {self.source}, but the target {held}"
        return reading


def _run(driver: Driver, folder: Path, test: Callable[[_Case], Awaitable[None]]) -> None:
    async def main() -> None:
        await test(_Case(driver, folder))

    asyncio.run(main())


async def _most_memory(program: SourceProgram, driver: Driver, expected: int) -> int:
    """Read all items, and return the largest number of bytes in use."""
    found, most = 0, 0

    async def main() -> None:
        nonlocal found, most
        tracemalloc.start()
        try:
            found = await _count(await driver.source())
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    failures = await program.run(main)
    if failures:
        raise failures[0]
    assert found >= expected, f"the source holds {expected} items, but returned {found}"
    return most


async def _count(source: Any) -> int:
    """Read all items as `mount_each` does, and return their number."""
    count = 0
    if hasattr(source, "batches"):
        async for batch in source.batches():
            count += len(batch)
    elif hasattr(source, "__aiter__"):
        async for _ in source:
            count += 1
    elif hasattr(source, "__iter__"):
        for _ in source:
            count += 1
    else:
        raise unittest.SkipTest("a live source that cannot be iterated over has no listing")
    return count
