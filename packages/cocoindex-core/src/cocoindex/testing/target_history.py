"""One app on one store that is updated again and again, each time as by a new process. Testing kit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from .._app.app import App, AppConfig
from .._component.mount import mount
from .._function.decorator import fn
from .._keys import StableKey
from .._runtime.context import ContextProvider
from .._runtime.environment import EnvironmentBuilder
from .._runtime.subpath import component_subpath
from .target_driver import TargetDriver

if TYPE_CHECKING:
    from .._engine.apply import Shares
    from .._engine.unit import Unit
    from .._target.sink import TargetActionSink

#: The items of each container.
Wanted: TypeAlias = Mapping[str, Mapping[StableKey, Any]]
#: The component that declares an item.
OwnerOf: TypeAlias = Callable[[StableKey], StableKey]
#: Where an update is interrupted: before the sinks are called, behind half of the components, or behind all.
Moment: TypeAlias = Literal["before", "amid", "after"]

Failed: TypeAlias = "dict[Unit, BaseException]"


class InterruptedUpdate(RuntimeError):
    """The update was ended where the suite wanted it to end; never seen outside."""


class Outcome(NamedTuple):
    """What an update did: the actions on items, without those on containers, and what failed in its components."""

    actions: list[Any]
    failures: list[BaseException]


class History:
    """An app that declares what it is told to, in an environment of its own for each update.

    Args:
        driver: of the connector.
        store: the folder of the app's store.
        memo: whether the components of the items are memoized.
    """

    def __init__(self, driver: TargetDriver[Any, Any], store: Path, *, memo: bool = False) -> None:
        self._driver = driver
        self._store = store
        self._memo = memo
        self.runs: list[StableKey] = []

    def update(self, wanted: Wanted, *, owner: OwnerOf = lambda key: key, full: bool = False) -> Outcome:
        """Have the target hold `wanted`."""
        taps = Taps()
        failures: list[BaseException] = []

        async def act(app: TappedApp) -> None:
            await app.update(full_reprocess=full)

        asyncio.run(self._in_environment(self._main(wanted, owner), taps, failures, act))
        return Outcome(taps.actions, failures)

    def interrupt(self, wanted: Wanted, moment: Moment, number: int) -> bool:
        """Like `update`, but end as a process that is killed, at the `number`th round of actions.

        Returns whether it was: False where the update has fewer rounds, and is complete.
        """
        taps = Taps(moment, number)

        async def act(app: TappedApp) -> None:
            await app.update()

        try:
            asyncio.run(self._in_environment(self._main(wanted, lambda key: key), taps, [], act))
        except InterruptedUpdate:
            return True
        return False

    def preview(self, wanted: Wanted) -> list[Any]:
        """Return the actions that `update` would take."""

        async def act(app: TappedApp) -> list[Any]:
            return await app.update(preview=True)

        actions: list[Any] = asyncio.run(self._in_environment(self._main(wanted, lambda key: key), Taps(), [], act))
        return actions

    def drop(self) -> None:
        """Drop the app."""

        async def act(app: TappedApp) -> None:
            await app.drop()

        asyncio.run(self._in_environment(self._main({}, lambda key: key), Taps(), [], act))

    def _main(self, wanted: Wanted, owner: OwnerOf) -> Callable[[], Coroutine[Any, Any, None]]:
        driver, runs = self._driver, self.runs

        @fn(memo=self._memo)
        async def declare_all(handle: Any, items: list[tuple[StableKey, Any]]) -> None:
            for key, value in items:
                runs.append(key)
                driver.declare(handle, key, value)

        @fn
        async def main() -> None:
            for container, items in wanted.items():
                handle = await driver.mount(container)
                owned: dict[StableKey, list[tuple[StableKey, Any]]] = {}
                for key, value in items.items():
                    owned.setdefault(owner(key), []).append((key, value))
                for name, theirs in owned.items():
                    await mount(component_subpath(container, name), declare_all, handle, theirs)

        return main

    async def _in_environment(
        self,
        main: Callable[[], Coroutine[Any, Any, None]],
        taps: Taps,
        failures: list[BaseException],
        act: Callable[[TappedApp], Awaitable[Any]],
    ) -> Any:
        builder = EnvironmentBuilder()
        builder.settings.db_path = self._store
        builder.set_exception_handler(lambda error, _: failures.append(error))
        try:
            await self._driver.provide(builder)
            environment = builder.build()
            try:
                return await act(TappedApp(taps, AppConfig("suite", environment=environment), main))
            finally:
                environment.close()
        finally:
            await builder.context_provider.aclose()


class Taps:
    """Sees the actions of an update, and ends it where that is wanted."""

    def __init__(self, moment: Moment | None = None, number: int = 0) -> None:
        self.actions: list[Any] = []
        self._moment = moment
        self._rounds_left = number

    async def apply(self, shares: Shares, really: Callable[[Shares], Awaitable[Failed]]) -> Failed:
        """Apply what one sink has to do with `really`; of which components an action failed, and why."""
        self._rounds_left -= 1
        if self._moment is None or self._rounds_left:
            for _, (actions, children) in shares:
                self.actions += [a for a, child in zip(actions, children, strict=True) if child is None]
            return await really(shares)
        if self._moment != "before":
            await really(shares if self._moment == "after" else shares[: (len(shares) + 1) // 2])
        raise InterruptedUpdate


class TappedApp(App[[], None]):
    def __init__(self, taps: Taps, config: AppConfig, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._taps = taps
        super().__init__(config, main)

    async def _apply(self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares) -> Failed:
        really = super()._apply
        return await self._taps.apply(shares, lambda some: really(context, sink, some))
