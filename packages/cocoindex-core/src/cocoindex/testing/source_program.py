"""A program that copies a source to a dict; it is run repeatedly on one store. Testing kit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

from .._app.app import App, AppConfig
from .._component.mount_each import mount_each
from .._function.decorator import fn
from .._keys import StableKey
from .._runtime.environment import EnvironmentBuilder
from .._runtime.scope import current_scope
from .._runtime.subpath import component_subpath
from .live_program import KeptDict
from .source_driver import SourceDriver


class Reading(NamedTuple):
    """The result of an update.

    Attributes:
        ran: the keys of the items whose components ran.
        failures: the exceptions of components, and of the update itself.
    """

    ran: list[StableKey]
    failures: list[BaseException]


async def _nothing() -> None:
    pass


class SourceProgram:
    """Reads the driver's source item by item, memoized, and copies it to a target.

    Attributes:
        target: the target.
        paths: by key, the path of the component in which the item was last read.
    """

    def __init__(self, driver: SourceDriver[Any], store: Path, name: str) -> None:
        self._driver = driver
        self._store = store
        self.target = KeptDict(name)
        self.paths: dict[StableKey, str] = {}

    async def read(self, *, first: Callable[[], Awaitable[None]] = _nothing, full: bool = False) -> Reading:
        """Update once, as a new process would.

        Args:
            first: called just before the first item is read.
            full: whether everything is processed again.
        """
        ran: list[StableKey] = []
        waiting = [first]

        @fn(memo=True)
        async def keep(item: Any) -> None:
            if waiting:
                await waiting.pop()()
            key, value = await self._driver.read(item)
            ran.append(key)
            self.paths[key] = str(current_scope("a component of the suite").component)
            self.target.declare(key, value)

        async def main() -> None:
            await mount_each(component_subpath("items"), keep, await self._driver.source())

        return Reading(ran, await self.run(main, full=full))

    async def run(self, main: Callable[[], Awaitable[None]], *, full: bool = False) -> list[BaseException]:
        """Run a main function in an update; return the exceptions."""
        failures: list[BaseException] = []
        builder = EnvironmentBuilder()
        builder.settings.db_path = self._store
        builder.set_exception_handler(lambda error, _: failures.append(error))
        try:
            await self._driver.provide(builder)
            environment = builder.build()
            try:
                # One item at a time, so that changes by a test happen between two items.
                config = AppConfig("suite", environment=environment, max_inflight_components=2)
                await App(config, main).update(full_reprocess=full)
            finally:
                environment.close()
        except Exception as error:
            failures.append(error)
        finally:
            await builder.context_provider.aclose()
        return failures
