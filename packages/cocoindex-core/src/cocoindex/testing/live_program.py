"""A program that copies a live source to a dict; it is run repeatedly on one store. Testing kit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from .._app.app import AppConfig
from .._app.handles import UpdateHandle
from .._component.mount_each import mount_each
from .._keys import StableKey
from .._progress.stats import UpdateStatus
from .._runtime.context import ContextProvider
from .._runtime.environment import EnvironmentBuilder
from .._runtime.subpath import component_subpath
from .._target.declare import declare_target_state
from .._target.handler import TargetReconcileOutput
from .._target.registry import register_root_target_states_provider
from .._target.sink import TargetActionSink
from .._values import NON_EXISTENCE, is_non_existence
from .live_source_driver import LiveSourceDriver
from .taps import InterruptedUpdate, Moment, TappedApp, Taps


async def some_turns() -> None:
    """Let the event loop run until all work is done that waits for nothing else."""
    for _ in range(100):
        await asyncio.sleep(0)


class KeptDict:
    """A target in a dict. It outlives programs, and records what was done to it.

    Attributes:
        held: its items.
        removed: the keys that were removed at any time.
        open: while it is not set, actions wait.
        reached: set when there are actions.
    """

    def __init__(self, name: str) -> None:
        self.held: dict[StableKey, Any] = {}
        self.removed: set[StableKey] = set()
        self.open = asyncio.Event()
        self.open.set()
        self.reached = asyncio.Event()
        self._moved = asyncio.Event()
        self._sink = TargetActionSink.from_async_fn(self._apply)
        self._provider = register_root_target_states_provider(name, self)

    def declare(self, key: StableKey, value: Any) -> None:
        declare_target_state(self._provider.target_state(key, value))

    def reconcile(
        self, key: StableKey, desired: Any, prev_possible_records: Collection[Any], prev_may_be_missing: bool, /
    ) -> TargetReconcileOutput[tuple[StableKey, Any], Any] | None:
        if is_non_existence(desired):
            return TargetReconcileOutput((key, NON_EXISTENCE), self._sink, NON_EXISTENCE)
        if not prev_may_be_missing and all(record == desired for record in prev_possible_records):
            return None
        return TargetReconcileOutput((key, desired), self._sink, desired)

    async def _apply(self, _context: ContextProvider, actions: Sequence[tuple[StableKey, Any]]) -> None:
        self.reached.set()
        await self.open.wait()
        for key, value in actions:
            if is_non_existence(value):
                self.removed.add(key)
                self.held.pop(key, None)
            else:
                self.held[key] = value
        self._moved.set()

    async def becomes(self, wanted: Mapping[StableKey, Any]) -> None:
        """Wait until the target holds exactly `wanted`."""
        while self.held != wanted:
            self._moved.clear()
            await self._moved.wait()


class LiveProgram:
    """Watches the driver's source during the block; the end of the block ends it as Ctrl-C does.

    Args:
        driver: the driver of the source.
        target: the target that the program updates.
        store: the folder of the app's store.
        end: where the program ends as if it were killed: the moment, and the number of the round of actions.

    Attributes:
        source: the source that the driver returned; None before that.
        failures: the exceptions of its components.
        began: set when the first item is being processed.
        go_on: while it is not set, items that are being processed wait.
    """

    def __init__(
        self, driver: LiveSourceDriver[Any], target: KeptDict, store: Path, end: tuple[Moment, int] | None = None
    ) -> None:
        self._driver = driver
        self._target = target
        self._store = store
        self._taps = Taps(*end) if end else Taps()
        self._ready = asyncio.Event()
        self._running: asyncio.Task[None]
        self.source: Any = None
        self.failures: list[BaseException] = []
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __aenter__(self) -> LiveProgram:
        self._running = asyncio.create_task(self._run(live=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on.set()
        self._target.open.set()
        self._running.cancel()
        await asyncio.wait([self._running], timeout=self._driver.patience)
        assert self._running.done(), "the update did not end: watch() must end when it is cancelled"
        with suppress(asyncio.CancelledError, InterruptedUpdate):
            await self._running

    async def catch_up(self) -> None:
        """Run an update that is not live, which ends by itself."""
        running = asyncio.create_task(self._run(live=False))
        done, _ = await asyncio.wait([running], timeout=self._driver.patience)
        if not done:
            running.cancel()
            await asyncio.wait([running], timeout=self._driver.patience)
            raise AssertionError(
                f"an update that is not live did not end within {self._driver.patience} s: call mark_ready() once the "
                "items that existed at the start have been reported"
            )
        await running

    async def is_ready(self) -> None:
        """Wait until the update reports that it has caught up."""
        await self._meanwhile(self._ready.wait(), lambda: "the update is not ready: call mark_ready()")

    async def is_not_ready(self) -> None:
        """Wait until there are actions; fail if the update becomes ready while they wait."""
        await self._meanwhile(self._target.reached.wait(), lambda: "the source reported no item")
        await some_turns()
        assert not self._ready.is_set(), "the update was ready before the existing items had been applied"

    async def has_begun(self) -> None:
        """Wait until an item is being processed."""
        await self._meanwhile(self.began.wait(), lambda: "the source reported no item")

    async def holds(self, wanted: Mapping[StableKey, Any]) -> None:
        """Wait until the target holds exactly `wanted`."""
        await self._meanwhile(self._target.becomes(wanted), lambda: _difference(wanted, self._target.held))

    async def dies_before(self, wanted: Mapping[StableKey, Any]) -> bool:
        """Wait until the target holds exactly `wanted`, or the program died as planned; return whether it died."""
        if not await self._outlived(self._target.becomes(wanted), lambda: _difference(wanted, self._target.held)):
            return False
        with suppress(InterruptedUpdate):
            await self._running
        return True

    async def _meanwhile(self, what: Coroutine[Any, Any, Any], why_not: Callable[[], str]) -> None:
        """Wait for `what`; fail if the program ends before."""
        if await self._outlived(what, why_not):
            await self._running
            raise AssertionError(f"the live update ended by itself; {why_not()}")

    async def _outlived(self, what: Coroutine[Any, Any, Any], why_not: Callable[[], str]) -> bool:
        """Wait for `what` or the end of the program; return whether the program ended first. Fail after `patience`."""
        waiting = asyncio.create_task(what)
        done, _ = await asyncio.wait(
            [waiting, self._running], timeout=self._driver.patience, return_when=asyncio.FIRST_COMPLETED
        )
        waiting.cancel()
        if not done:
            raise AssertionError(f"{why_not()}; failures: {self.failures}")
        return waiting not in done

    async def _run(self, *, live: bool) -> None:
        builder = EnvironmentBuilder()
        builder.settings.db_path = self._store
        builder.set_exception_handler(lambda error, _: self.failures.append(error))
        try:
            await self._driver.provide(builder)
            environment = builder.build()
            try:
                await self._update(TappedApp(self._taps, AppConfig("suite", environment=environment), self._main), live)
            finally:
                environment.close()
        finally:
            await builder.context_provider.aclose()

    async def _update(self, app: TappedApp, live: bool) -> None:
        handle = app.update(live=live)
        following = asyncio.create_task(self._follow(handle))
        try:
            await handle.result()
        finally:
            following.cancel()

    async def _follow(self, handle: UpdateHandle[None]) -> None:
        async for snapshot in handle.watch():
            if snapshot.status is UpdateStatus.READY:
                self._ready.set()

    async def _main(self) -> None:
        self.source = await self._driver.source()
        await mount_each(component_subpath("items"), self._keep, self.source)

    async def _keep(self, item: Any) -> None:
        self.began.set()
        await self.go_on.wait()
        key, value = await self._driver.read(item)
        self._target.declare(key, value)


def _difference(wanted: Mapping[StableKey, Any], held: Mapping[StableKey, Any]) -> str:
    missing = [key for key in wanted if key not in held]
    too_many = [key for key in held if key not in wanted]
    other = {key: held[key] for key in wanted if key in held and held[key] != wanted[key]}
    return (
        f"the target differs from the source: {len(missing)} items are missing ({missing[:5]}), {len(too_many)} should "
        f"not exist ({too_many[:5]}), {len(other)} have another value ({dict(list(other.items())[:5])})"
    )
