"""`LiveSourceSuite`: the tests that every live source must pass. Testing kit."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from .._keys import StableKey
from .capability import Capability
from .check import check
from .live_program import KeptDict, LiveProgram, some_turns
from .live_source_driver import LiveSourceDriver
from .taps import Moment

_cases = itertools.count(1)

Driver = LiveSourceDriver[Any]


class LiveSourceSuite:
    """To use it, derive a class whose name begins with `Test`, and define a fixture `driver`.

    Each test runs a program that watches the source, changes the source, and compares what the program's target then
    holds. Programs are stopped, or end as if they were killed; later programs continue on the same store.
    """

    @check(Capability.LIVE)
    def test_an_update_that_is_not_live_ends(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, *_ = driver.keys
            await case.put(a, driver.values[0])
            await case.put(b, driver.values[1])
            await case.program().catch_up()
            if driver.remembers:
                assert case.target.held == case.source
            await case.put(a, driver.values[2])
            await case.remove(b)
            await case.program().catch_up()
            if driver.remembers:
                assert case.target.held == case.source

        _run(driver, tmp_path, test)

    @check(Capability.LIVE)
    def test_it_becomes_ready_with_what_is_there(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            for key, value in zip(driver.keys, itertools.cycle(driver.values), strict=False):
                await case.put(key, value)
            if driver.remembers:
                case.target.open.clear()
            async with case.program() as program:
                if driver.remembers:
                    await program.is_not_ready()
                    case.target.open.set()
                await program.is_ready()
                if driver.remembers:
                    assert case.target.held == case.source, (
                        "the update was ready before the existing items had been applied"
                    )

        _run(driver, tmp_path, test)

    @check(Capability.LIVE)
    def test_each_change_arrives(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, *_ = driver.keys
            one, two, three = driver.values
            async with case.program() as program:
                await program.is_ready()
                for key, value in ((a, one), (b, two), (a, three), (a, None), (b, one), (a, two), (b, None)):
                    await (case.remove(key) if value is None else case.put(key, value))
                    await program.holds(case.source)

        _run(driver, tmp_path, test)

    @check(Capability.LIVE)
    def test_the_last_change_of_a_key_counts(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, *_ = driver.keys
            async with case.program() as program:
                await program.is_ready()
                for number in range(driver.many):
                    await case.put((a, b)[number % 2], driver.values[number % 3])
                await case.settle(program)
                await case.remove(a)
                await case.put(a, driver.values[0])
                await case.put(b, driver.values[0])
                await case.remove(b)
                await case.settle(program)

        _run(driver, tmp_path, test)

    @check(Capability.LIVE)
    def test_any_changes_end_as_the_source(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            chance = random.Random(5)
            async with case.program() as program:
                await program.is_ready()
                for _ in range(3):
                    for _ in range(driver.many // 5):
                        await case.any_change(chance)
                        if chance.random() < 0.2:
                            await asyncio.sleep(0)
                    await case.settle(program)

        _run(driver, tmp_path, test)

    @check(Capability.CHANGES_BETWEEN_RUNS)
    def test_changes_while_it_is_listed_are_not_lost(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, c, d, *_ = driver.keys
            for key in (a, b, c):
                await case.put(key, driver.values[0])
            program = case.program()
            program.go_on.clear()
            async with program:
                await program.has_begun()
                await case.remove(a)
                await case.put(b, driver.values[1])
                await case.put(d, driver.values[2])
                program.go_on.set()
                await case.settle(program)

        _run(driver, tmp_path, test)

    @check(Capability.LIVE)
    def test_a_flood_beside_a_slow_target_is_not_lost(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            async with case.program() as program:
                await program.is_ready()
                case.target.open.clear()
                for number in range(driver.many):
                    await case.put(driver.numbered_key(number), driver.values[0])
                for number in range(0, driver.many, 2):
                    await case.remove(driver.numbered_key(number))
                for number in range(1, driver.many, 2):
                    await case.put(driver.numbered_key(number), driver.values[number % 3])
                case.target.open.set()
                await case.settle(program)

        _run(driver, tmp_path, test)

    @check(Capability.BROKEN_CONNECTIONS)
    def test_what_changes_while_it_is_disconnected_is_found(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, c, d, *_ = driver.keys
            async with case.program() as program:
                for key in (a, b, c):
                    await case.put(key, driver.values[0])
                await program.holds(case.source)
                for value in driver.values[1:]:
                    await driver.disconnect()
                    await some_turns()
                    await case.put(a, value)
                    await case.put(d, value)
                    await case.remove(b)
                    await some_turns()
                    await driver.reconnect()
                    await case.settle(program)
                    await case.put(b, value)
                    await case.settle(program)
            assert c not in case.target.removed, f"{c!r} existed all the time, but was removed from the target"

        _run(driver, tmp_path, test)

    @check(Capability.CHANGES_BETWEEN_RUNS)
    def test_what_changes_while_no_program_runs_is_found(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            a, b, c, d, *_ = driver.keys
            for key in (a, b, c):
                await case.put(key, driver.values[0])
            for value in driver.values[1:]:
                async with case.program() as program:
                    await case.settle(program)
                await case.put(a, value)
                await case.put(d, value)
                await case.remove(b)
                async with case.program() as program:
                    await case.settle(program)
                await case.remove(d)
                await case.put(b, value)
                await case.program().catch_up()
                assert case.target.held == case.source, "an update that is not live missed a change"

        _run(driver, tmp_path, test)

    @check(Capability.CHANGES_BETWEEN_RUNS)
    def test_a_kill_before_changes_are_applied_loses_none(self, driver: Driver, tmp_path: Path) -> None:
        _killed_everywhere(driver, tmp_path, "before")

    @check(Capability.CHANGES_BETWEEN_RUNS)
    def test_a_kill_while_changes_are_applied_loses_none(self, driver: Driver, tmp_path: Path) -> None:
        _killed_everywhere(driver, tmp_path, "amid")

    @check(Capability.CHANGES_BETWEEN_RUNS)
    def test_a_kill_after_changes_are_applied_loses_none(self, driver: Driver, tmp_path: Path) -> None:
        _killed_everywhere(driver, tmp_path, "after")

    @check(Capability.LIVE)
    def test_one_at_a_time_watches_it(self, driver: Driver, tmp_path: Path) -> None:
        async def test(case: _Case) -> None:
            async with case.program() as program:
                await program.is_ready()
                try:
                    await asyncio.wait_for(program.source.watch(None), driver.patience)
                except RuntimeError:
                    return
                except Exception as error:
                    raise AssertionError(f"a second watch() of one source raised {error!r}; {_GUARD}") from error
                raise AssertionError(f"a second watch() of one source was allowed; {_GUARD}")

        _run(driver, tmp_path, test)


_GUARD = "it must raise a RuntimeError, as connectorkits.SingleWatcherGuard does"


class _Case:
    """A source that is changed, and programs that copy it to one target.

    Attributes:
        source: what the source holds.
        target: the target of the programs.
    """

    def __init__(self, driver: Driver, folder: Path) -> None:
        self._driver = driver
        self._folder = folder
        self._markers = itertools.cycle(driver.values)
        self.source: dict[StableKey, Any] = {}
        self.target = KeptDict(f"cocoindex.testing/live/{next(_cases)}")

    def program(self, end: tuple[Moment, int] | None = None) -> LiveProgram:
        return LiveProgram(self._driver, self.target, self._folder / "store", end)

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
            values = [value for value in self._driver.values if value != self.source.get(key)]
            await self.put(key, chance.choice(values))

    async def settle(self, program: LiveProgram) -> None:
        """Wait until the target equals the source, and does so again after one more change."""
        await program.holds(self.source)
        marker = self._driver.numbered_key(self._driver.many)
        value = next(value for value in self._markers if value != self.source.get(marker))
        await self.put(marker, value)
        await program.holds(self.source)


def _run(driver: Driver, folder: Path, test: Callable[[_Case], Awaitable[None]]) -> None:
    async def main() -> None:
        await test(_Case(driver, folder))

    asyncio.run(main())


def _killed_everywhere(driver: Driver, folder: Path, moment: Moment) -> None:
    """Kill programs, each in a later round of actions, while the source keeps changing."""

    async def test(case: _Case) -> None:
        chance = random.Random(7)
        for number in range(1, 6):
            await case.any_change(chance)
            async with case.program((moment, number)) as program:
                while not await program.dies_before(case.source):
                    await case.any_change(chance)
            await case.any_change(chance)
            async with case.program() as program:
                await case.settle(program)

    _run(driver, folder, test)
