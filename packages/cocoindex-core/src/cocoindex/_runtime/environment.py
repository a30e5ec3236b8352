"""Environments: one store, one set of context values, one event loop. Layer: _runtime."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import EnvironmentClosedError
from .context import ContextKey, ContextProvider
from .failure import ExceptionHandler
from .settings import Settings

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from .._store import Database

T = TypeVar("T")


class Environment:
    """Where apps run: a store, the values that components share, and the loop that they run on.

    Args:
        settings: where the store lies.
        name: what the command line and exception handlers call it.
        context_provider: the values that `use_context` gives.
        event_loop: the loop that its apps run on; by default the one that first uses it.
        exception_handler: is told of the failures of background components.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        name: str | None = None,
        context_provider: ContextProvider | None = None,
        event_loop: asyncio.AbstractEventLoop | None = None,
        exception_handler: ExceptionHandler | None = None,
    ) -> None:
        self._settings = settings
        self._db_path = os.path.abspath(settings.required_db_path())
        self._name = name or "default"
        self._context = context_provider or ContextProvider()
        self._loop = event_loop
        self._exception_handler = exception_handler
        self._database: Database | None = None
        self._closed = False
        self._turns: dict[str, asyncio.Lock] = {}

    def __repr__(self) -> str:
        return f"Environment({self._name!r}, db_path={self._db_path!r})"

    @property
    def name(self) -> str:
        return self._name

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def context_provider(self) -> ContextProvider:
        return self._context

    @property
    def exception_handler(self) -> ExceptionHandler | None:
        return self._exception_handler

    @property
    def event_loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that this environment's apps run on; None before its first use."""
        return self._loop

    def get_context(self, key: ContextKey[T]) -> T:
        """The value provided for `key`, for use outside components too."""
        return self._context.get(key)

    def close(self) -> None:
        """Close the store; what was provided is left to whoever provided it. A second call does nothing."""
        self._closed = True
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def database(self) -> Database:
        """The store, opened at the first call."""
        if self._closed:
            raise EnvironmentClosedError(f"the environment {self._name!r} is closed; create a new Environment")
        if self._database is None:
            from .._store import open_database

            lmdb = self._settings.db_settings
            self._database = open_database(self._db_path, map_size=lmdb.map_size, max_dbs=lmdb.max_dbs)
        return self._database

    def turn(self, app: str) -> asyncio.Lock:
        """The lock that updates and drops of one app queue for, on this environment's loop."""
        import asyncio

        return self._turns.setdefault(app, asyncio.Lock())

    async def ready(self) -> Environment:
        """This environment, bound to a live loop."""
        if self._loop is None or self._loop.is_closed():
            import asyncio

            self._loop = asyncio.get_running_loop()
            self._turns = {}
        return self


class EnvironmentBuilder:
    """What a lifespan function sets up: the settings and the values that components share."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings.from_env()
        self._context = ContextProvider()
        self._exception_handler: ExceptionHandler | None = None

    @property
    def settings(self) -> Settings:
        return self._settings

    def provide(self, key: ContextKey[T], value: T) -> T:
        """Give components `value` under `key`; returns it."""
        return self._context.provide(key, value)

    def provide_with(self, key: ContextKey[T], cm: AbstractContextManager[T]) -> T:
        """Enter `cm` now and leave it at the stop; components get what it gives."""
        return self._context.provide_with(key, cm)

    async def provide_async_with(self, key: ContextKey[T], cm: AbstractAsyncContextManager[T]) -> T:
        """Like `provide_with`, for an asynchronous context manager."""
        return await self._context.provide_async_with(key, cm)

    def set_exception_handler(self, handler: ExceptionHandler) -> None:
        """Have `handler` told of the failures of background components, in place of the log."""
        self._exception_handler = handler

    def build(self, **options: Any) -> Environment:
        """The environment; `options` go to `Environment`."""
        return Environment(
            self._settings, context_provider=self._context, exception_handler=self._exception_handler, **options
        )
