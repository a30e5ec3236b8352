"""One app on one store, updated repeatedly, each time as by a new process. Testing kit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from .._app.app import AppConfig
from .._component.mount import mount
from .._component.mount_each import mount_each
from .._function.decorator import fn
from .._keys import StableKey
from .._runtime.environment import Environment, EnvironmentBuilder
from .._runtime.subpath import component_subpath
from .taps import InterruptedUpdate, Meeting, Moment, TappedApp, Taps
from .target_driver import TargetDriver
from .target_live import LiveItems, LiveUpdate

#: The items of each container.
Wanted: TypeAlias = Mapping[str, Mapping[StableKey, Any]]
#: The component that declares an item.
OwnerOf: TypeAlias = Callable[[StableKey], StableKey]


def by_key(key: StableKey) -> StableKey:
    """Let a separate component declare each item."""
    return key


def in_one(key: StableKey) -> StableKey:
    """Let one component declare all items of a container."""
    return "all"


class Outcome(NamedTuple):
    """The result of an update: the actions on items (not those on containers), and the exceptions of components."""

    actions: list[Any]
    failures: list[BaseException]


class Step(NamedTuple):
    """One of several updates in one environment: the declared items, a function to call before, and the taps."""

    wanted: Wanted
    before: Callable[[], None] = lambda: None
    taps: Taps | None = None


class History:
    """An app that declares the given items, in a new environment for each update.

    Args:
        driver: the driver of the connector.
        store: the folder of the app's store.
        memo: whether the components of the items are memoized.
        app: the name of the app.

    Attributes:
        runs: the keys of the declared items, in the order in which their components ran.
        mount: mounts a container.
        attachments: by name, the definitions of the attachments of each container.
    """

    def __init__(self, driver: TargetDriver[Any, Any], store: Path, *, memo: bool = False, app: str = "suite") -> None:
        self._driver = driver
        self._store = store
        self._memo = memo
        self._app = app
        self.runs: list[StableKey] = []
        self.mount: Callable[[str], Awaitable[Any]] = driver.mount
        self.attachments: Mapping[str, Any] = {}

    def update(
        self, wanted: Wanted, *, owner: OwnerOf = by_key, full: bool = False, taps: Taps | None = None
    ) -> Outcome:
        """Declare `wanted`."""
        taps = taps or Taps()
        failures: list[BaseException] = []

        async def act(environment: Environment) -> None:
            await self._tapped(environment, taps, lambda: (wanted, owner)).update(full_reprocess=full)

        asyncio.run(self._in_environment(failures, act))
        return Outcome(taps.actions, failures)

    def attempt(self, wanted: Wanted, *, owner: OwnerOf = by_key, full: bool = False) -> list[BaseException]:
        """Like `update`, for an update that may fail as a whole; return the exceptions."""
        try:
            return self.update(wanted, owner=owner, full=full).failures
        except InterruptedUpdate:
            raise
        except Exception as error:
            return [error]

    def interrupt(self, wanted: Wanted, moment: Moment, number: int) -> bool:
        """Like `update`, but end as if the process were killed, in round `number` of the actions.

        Return whether it ended so; False if the update has fewer rounds, and is complete.
        """
        try:
            self.update(wanted, taps=Taps(moment, number))
        except InterruptedUpdate:
            return True
        return False

    def steps(self, *steps: Step, patience: float) -> list[list[BaseException]]:
        """Run several updates in one environment; return the exceptions of each, without intended interruptions."""
        found: list[list[BaseException]] = []
        failures: list[BaseException] = []

        async def act(environment: Environment) -> None:
            app = self._tapped(environment, Taps(), lambda: (step.wanted, by_key))
            for step in steps:
                step.before()
                app.taps = step.taps or Taps()
                failures.clear()
                try:
                    await _within(app.update(), patience)
                except InterruptedUpdate:
                    pass
                except Exception as error:
                    failures.append(error)
                found.append(list(failures))

        asyncio.run(self._in_environment(failures, act))
        return found

    def preview(self, wanted: Wanted) -> list[Any]:
        """Return the actions that `update` would take."""

        async def act(environment: Environment) -> list[Any]:
            return await self._tapped(environment, Taps(), lambda: (wanted, by_key)).update(preview=True)

        actions: list[Any] = asyncio.run(self._in_environment([], act))
        return actions

    def drop(self) -> None:
        """Drop the app."""

        async def act(environment: Environment) -> None:
            await self._tapped(environment, Taps(), lambda: ({}, by_key)).drop()

        asyncio.run(self._in_environment([], act))

    def beside(self, other: History, ours: Wanted, theirs: Wanted) -> list[BaseException]:
        """Update this app and another one on the same store at the same time; return the exceptions."""
        failures: list[BaseException] = []

        async def act(environment: Environment) -> None:
            barrier = asyncio.Barrier(2)
            first = self._tapped(environment, Meeting(barrier), lambda: (ours, by_key))
            second = other._tapped(environment, Meeting(barrier), lambda: (theirs, by_key))
            await asyncio.gather(first.update(), second.update())

        asyncio.run(self._in_environment(failures, act))
        return failures

    def live(
        self,
        container: str,
        items: Mapping[StableKey, Any],
        steps: Callable[[LiveItems, LiveUpdate], Awaitable[None]],
    ) -> list[BaseException]:
        """Copy a live source to one container, while `steps` change the source; return the exceptions."""
        driver, source, failures = self._driver, LiveItems(items), list[BaseException]()

        @fn(memo=self._memo)
        async def declare(item: tuple[StableKey, Any], handle: Any) -> None:
            driver.declare(handle, *item)

        @fn
        async def main() -> None:
            await mount_each(component_subpath(container), declare, source, await driver.mount(container))

        async def act(environment: Environment) -> None:
            app = TappedApp(Taps(), AppConfig(self._app, environment=environment), main)
            contents = partial(driver.contents, container)
            async with LiveUpdate(app.update(live=True), contents, driver.patience) as update:
                await steps(source, update)

        asyncio.run(self._in_environment(failures, act))
        return failures

    def _tapped(self, environment: Environment, taps: Taps, what: Callable[[], tuple[Wanted, OwnerOf]]) -> TappedApp:
        return TappedApp(taps, AppConfig(self._app, environment=environment), self._main(what))

    def _main(self, what: Callable[[], tuple[Wanted, OwnerOf]]) -> Callable[[], Coroutine[Any, Any, None]]:
        driver, runs = self._driver, self.runs

        @fn(memo=self._memo)
        async def declare_all(handle: Any, items: list[tuple[StableKey, Any]]) -> None:
            for key, value in items:
                runs.append(key)
                driver.declare(handle, key, value)

        @fn
        async def main() -> None:
            wanted, owner = what()
            for container, items in wanted.items():
                handle = await self.mount(container)
                for name, definition in self.attachments.items():
                    driver.attach(handle, name, definition)
                owned: dict[StableKey, list[tuple[StableKey, Any]]] = {}
                for key, value in items.items():
                    owned.setdefault(owner(key), []).append((key, value))
                for component, theirs in owned.items():
                    await mount(component_subpath(container, component), declare_all, handle, theirs)

        return main

    async def _in_environment(self, failures: list[BaseException], act: Callable[[Environment], Awaitable[Any]]) -> Any:
        builder = EnvironmentBuilder()
        builder.settings.db_path = self._store
        builder.set_exception_handler(lambda error, _: failures.append(error))
        try:
            await self._driver.provide(builder)
            environment = builder.build()
            try:
                return await act(environment)
            finally:
                environment.close()
        finally:
            await builder.context_provider.aclose()


async def _within(update: Awaitable[None], patience: float) -> None:
    running = asyncio.ensure_future(update)
    done, _ = await asyncio.wait([running], timeout=patience)
    if not done:
        running.cancel()
        await asyncio.wait([running], timeout=patience)
        raise AssertionError(f"the update did not end within {patience} s")
    running.result()
