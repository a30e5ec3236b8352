"""Environments: one store, one set of context values, one event loop. Layer: _runtime."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cocoindex._shown import masked, shown

from ..errors import EnvironmentArgumentError, EnvironmentClosedError, EnvironmentLoopError
from .block import async_block, block
from .context import ContextKey, ContextProvider
from .failure import ExceptionHandler, checked_handler
from .forked import in_forked_child, leave_to_parent
from .settings import Settings
from .underway import wake
from .used_runners import UsedRunners

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from .._store.interface import Database
    from .lazy_environment import LazyEnvironment
    from .turns import Turns

T = TypeVar("T")


class Environment:
    """Where apps run: a store, the values shared by components, and an event loop.

    Args:
        settings: location and settings of the store.
        name: shown by the command line and passed to exception handlers.
        context_provider: the values that `use_context` returns; not closed with the environment.
        event_loop: the loop that its apps run on; by default the first one that uses it, while that runs.
        exception_handler: called with the failures of background components, instead of logging them.

    Raises:
        EnvironmentArgumentError, ExceptionHandlerError: (TypeErrors) an argument, or a setting, has the wrong type.
        MissingDbPathError: (a ValueError) the settings have no `db_path`.
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
        _check_arguments(settings, name, context_provider, event_loop)
        self._settings = settings
        self._db_path = os.path.abspath(settings.required_db_path())
        self._name = name or "default"
        self._context = context_provider or ContextProvider()
        self._context._add_store(self._db_path)
        self._loop = event_loop
        self._given_loop = event_loop
        self._exception_handler = checked_handler(exception_handler, "Environment(exception_handler=...)")
        self._database: Database | None = None
        self._closed = False
        self._is_forked = False
        self._binding = threading.Lock()
        self._users = 0
        self._stoppers = 0
        self._unused: list[Callable[[], None]] = []
        self._turns: dict[str, Turns] = {}
        self._runners = UsedRunners()
        in_forked_child(self, Environment._begin_anew)

    def __repr__(self) -> str:
        return masked(f"Environment({self._name!r}, db_path={self._db_path!r})")

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
        """The event loop that this environment's apps run on; None before its first use."""
        return self._loop

    def get_context(self, key: ContextKey[T]) -> T:
        """Return the value provided for `key`, also outside components."""
        return self._context.get(key)

    def close(self) -> None:
        """Close the store. Provided values are left to whoever provided them. A second call does nothing."""
        with self._binding:
            self._closed = True
            database, self._database = self._database, None
        self._runners.stop()
        if database is not None:
            database.close()

    def _opened_database(self) -> Database:
        """Return the store; open it at the first call."""
        from .._store import open_database

        with self._binding:
            self._check_open()
            if self._database is None:
                lmdb = self._settings.db_settings
                self._database = open_database(self._db_path, map_size=lmdb.map_size, max_dbs=lmdb.max_dbs)
            return self._database

    def _has_store(self) -> bool:
        """Return whether there is a store on disk, or something else in its place, which opening reports."""
        from .._store import database_exists

        self._check_open()
        in_its_place = os.path.lexists(self._db_path) and not os.path.isdir(self._db_path)
        return self._database is not None or in_its_place or database_exists(self._db_path)

    @block
    def _stored(self) -> Iterator[Database | None]:
        """Yield the store for reading; None if there is none yet (it is not created)."""
        from .._store import database_exists, open_database

        self._check_open()
        if not database_exists(self._db_path):
            yield None
            return
        database = open_database(self._db_path, readonly=True)
        try:
            yield database
        finally:
            database.close()

    def _check_open(self) -> None:
        if self._closed:
            raise EnvironmentClosedError(f"the environment {self._name!r} is closed; create a new Environment")

    def _turns_of(self, app: str) -> Turns:
        """Return the queue of an app's updates and drops, on this environment's loop."""
        turns = self._turns.get(app)
        if turns is None:
            from .turns import Turns

            turns = self._turns[app] = Turns(lambda: self._stopping)
        return turns

    @property
    def _stopping(self) -> bool:
        """Return whether it is stopping, and waits for its users."""
        return self._stoppers > 0

    def _enter(self) -> bool:
        """Add a user until `_leave`; return False if it is being stopped, which new users must wait for."""
        with self._binding:
            if self._stoppers and not is_used_here(self):
                return False
            self._users += 1
            return True

    def _leave(self) -> None:
        """Remove a user."""
        with self._binding:
            self._users -= 1
            if self._users:
                return
            unused, self._unused = self._unused, []
        for callback in unused:
            callback()

    async def _until_unused(self) -> None:
        """Accept no new users until `_resume`, and wait for the present ones; accept users again if this raises.

        Live updates are asked to end in order, because they would run for ever.
        """
        import asyncio

        loop = asyncio.get_running_loop()
        with self._binding:
            self._stoppers += 1
        for turns in self._turns.values():
            turns.end_live()
        try:
            while True:
                with self._binding:
                    if not self._users:
                        return
                    future: asyncio.Future[None] = loop.create_future()
                    self._unused.append(partial(wake, loop, future))
                await future
        except BaseException:
            self._resume()
            raise

    def _resume(self) -> None:
        """Accept new users again, because the stop does not take place."""
        with self._binding:
            self._stoppers -= 1

    async def _ready(self) -> Environment:
        """Return this environment, bound to a running loop.

        Raises:
            EnvironmentLoopError: (a RuntimeError) its loop belongs to the process from which this one was forked.
        """
        with self._binding:
            if self._given_loop is not None and self._is_forked:
                raise EnvironmentLoopError(
                    f"the environment {self._name!r} is bound to an event loop of the process that this one was forked "
                    "from, and does not run here: create the Environment in the child, with a loop of its own"
                )
            if self._loop is None or (self._loop is not self._given_loop and not self._loop.is_running()):
                import asyncio

                self._loop = asyncio.get_running_loop()
                self._turns = {}
        return self

    def _begin_anew(self) -> None:
        """Reset in a forked child, which has neither the loop nor the store nor the users."""
        leave_to_parent(self._loop, self._database, self._turns)
        self._is_forked = True
        self._binding = threading.Lock()
        self._users, self._stoppers, self._unused, self._turns = 0, 0, [], {}
        self._loop, self._database, self._runners = self._given_loop, None, UsedRunners()


@async_block
async def used(environment: Environment | LazyEnvironment) -> AsyncGenerator[Environment, None]:
    """Yield an environment, started if necessary, that is not stopped before the end of the block."""
    while not (env := await environment._ready())._enter():
        pass  # it began to stop in the meantime: ready() waits for that
    try:
        yield env
    finally:
        env._leave()


async def on_loop_of(env: Environment, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Await `make()` in a task on the loop of `env`, from any loop.

    It returns only when that task has ended, even if it is cancelled repeatedly; the task is cancelled once.

    Raises:
        EnvironmentLoopError: (a RuntimeError) that loop is not running.
    """
    import asyncio

    from .operation import Operation

    return await Operation(make, env.event_loop or asyncio.get_running_loop(), place=env).begin().wait()


def is_used_here(env: Environment) -> bool:
    """Return whether this code belongs to an operation on `env`, which a stop would wait for."""
    from .operation import current_operation

    operation = current_operation()
    return operation is not None and operation.uses(env)


def _check_arguments(settings: object, name: object, context_provider: object, event_loop: object) -> None:
    if not isinstance(settings, Settings):
        raise EnvironmentArgumentError(
            f"an environment takes coco.Settings, not {shown(settings)}; write "
            "coco.Environment(coco.Settings(db_path=pathlib.Path(...)))"
        )
    if name is not None and not isinstance(name, str):
        raise EnvironmentArgumentError(f"Environment(name=...) is a str, not {shown(name)}")
    if context_provider is not None and not isinstance(context_provider, ContextProvider):
        raise EnvironmentArgumentError(
            f"Environment(context_provider=...) is a coco.ContextProvider, not {shown(context_provider)}"
        )
    if event_loop is None:
        return
    if isinstance(event_loop, type) or not hasattr(event_loop, "call_soon_threadsafe"):
        raise EnvironmentArgumentError(f"Environment(event_loop=...) is an asyncio event loop, not {shown(event_loop)}")


class EnvironmentBuilder:
    """Passed to the lifespan function, which sets the settings and the values shared by components."""

    def __init__(self, settings: Settings | None = None) -> None:
        if settings is not None and not isinstance(settings, Settings):
            raise EnvironmentArgumentError(f"EnvironmentBuilder takes coco.Settings, not {shown(settings)}")
        self._settings = settings or Settings.from_env()
        self._context = ContextProvider()
        self._exception_handler: ExceptionHandler | None = None

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def context_provider(self) -> ContextProvider:
        return self._context

    def provide(self, key: ContextKey[T], value: T) -> T:
        """Provide `value` to components under `key`, and return it."""
        return self._context.provide(key, value)

    def provide_with(self, key: ContextKey[T], cm: AbstractContextManager[T]) -> T:
        """Enter `cm` now and exit it at the stop; components get the value it yields."""
        return self._context.provide_with(key, cm)

    async def provide_async_with(self, key: ContextKey[T], cm: AbstractAsyncContextManager[T]) -> T:
        """Like `provide_with`, for an asynchronous context manager."""
        return await self._context.provide_async_with(key, cm)

    def set_exception_handler(self, handler: ExceptionHandler) -> None:
        """Call `handler` with the failures of background components, instead of logging them."""
        self._exception_handler = checked_handler(handler, "set_exception_handler()")

    def build(self, **options: Any) -> Environment:
        """Build the environment; `options` go to `Environment`."""
        return Environment(
            self._settings, context_provider=self._context, exception_handler=self._exception_handler, **options
        )
