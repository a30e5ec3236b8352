"""The default environment: started by its lifespan at the first use, stopped in order. Layer: _runtime."""

from __future__ import annotations

import atexit
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from ..errors import LifespanError
from .blocking import run_blocking
from .environment import Environment, EnvironmentBuilder

if TYPE_CHECKING:
    import asyncio

LifespanFn: TypeAlias = Callable[[EnvironmentBuilder], "Iterator[None] | AsyncIterator[None]"]
F = TypeVar("F", bound=Callable[..., Any])


class LazyEnvironment:
    """An environment that its lifespan function makes at the first use, and again once its loop is closed."""

    def __init__(self, name: str = "default") -> None:
        self.name = name
        self.lifespan_fn: LifespanFn | None = None
        self._env: Environment | None = None
        self._running: AbstractAsyncContextManager[None] | None = None
        self._starting: asyncio.Task[Environment] | None = None

    @property
    def settings(self) -> Any:
        """The settings of the started environment, else those of the environment variables."""
        return self._env.settings if self._env else EnvironmentBuilder().settings

    async def ready(self) -> Environment:
        """The started environment; starts it where it does not run (or ran on a loop that is closed)."""
        if self._env is not None and self._loop_is_live():
            return self._env
        import asyncio

        loop = asyncio.get_running_loop()
        if self._starting is None or self._starting.get_loop() is not loop:
            self._starting = loop.create_task(self._start(loop))
        try:
            return await asyncio.shield(self._starting)
        finally:
            if self._starting is not None and self._starting.done():
                self._starting = None

    async def stop(self) -> None:
        """Run the second half of the lifespan, on the loop that ran the first; nothing where it does not run."""
        env, running = self._env, self._running
        self._env = self._running = None
        if env is None:
            return
        loop = env.event_loop
        if loop is None or loop.is_closed():
            env.close()
        else:
            await on_loop_of(env, lambda: _leave(env, running))

    def _loop_is_live(self) -> bool:
        loop = self._env.event_loop if self._env else None
        return loop is not None and not loop.is_closed()

    async def _start(self, loop: asyncio.AbstractEventLoop) -> Environment:
        if self._env is not None:
            self._env.close()
        builder = EnvironmentBuilder()
        running = _context_manager(self.lifespan_fn, builder) if self.lifespan_fn is not None else None
        if running is not None:
            await running.__aenter__()
        try:
            env = builder.build(name=self.name, event_loop=loop)
        except BaseException:
            if running is not None:
                await running.__aexit__(None, None, None)
            raise
        self._env, self._running = env, running
        return env


async def _leave(env: Environment, running: AbstractAsyncContextManager[None] | None) -> None:
    try:
        if running is not None:
            await running.__aexit__(None, None, None)
    finally:
        await env.context_provider.aclose()
        env.close()


def _context_manager(fn: LifespanFn, builder: EnvironmentBuilder) -> AbstractAsyncContextManager[None]:
    if inspect.isasyncgenfunction(fn):
        return asynccontextmanager(fn)(builder)
    if inspect.isgeneratorfunction(fn):
        sync = contextmanager(fn)(builder)

        @asynccontextmanager
        async def bridged() -> AsyncIterator[None]:
            with sync:
                yield

        return bridged()
    raise LifespanError(
        f"the lifespan function {getattr(fn, '__qualname__', fn)!r} is no generator: it has to `yield` once, "
        "between what sets up and what cleans up"
    )


_default = LazyEnvironment()


def lazy_default_env() -> LazyEnvironment:
    """The environment of apps that name none."""
    return _default


def lifespan(fn: F) -> F:
    """Register `fn` as the lifespan of the default environment.

    Args:
        fn: a generator function, sync or async, of one `EnvironmentBuilder`; it yields once.
    """
    if not callable(fn):
        raise LifespanError(f"@coco.lifespan marks a generator function, not a {type(fn).__name__}")
    _default.lifespan_fn = fn
    return fn


async def start() -> None:
    """Start the default environment; nothing where it runs already."""
    await _default.ready()


async def stop() -> None:
    """Stop the default environment; nothing where it does not run."""
    await _default.stop()


def start_blocking() -> None:
    """Start the default environment on the loop behind the blocking calls."""
    run_blocking(_default.ready(), blocking="coco.start_blocking()", awaited="coco.start()")


def stop_blocking() -> None:
    """Stop the default environment."""
    run_blocking(_default.stop(), blocking="coco.stop_blocking()", awaited="coco.stop()")


class Runtime:
    """The default environment for the time of a `with` or `async with` block."""

    __slots__ = ()

    def __enter__(self) -> None:
        start_blocking()

    def __exit__(self, *exc: object) -> None:
        stop_blocking()

    async def __aenter__(self) -> None:
        await start()

    async def __aexit__(self, *exc: object) -> None:
        await stop()


def runtime() -> Runtime:
    """A context manager, sync or async, that starts and stops the default environment."""
    return Runtime()


class DefaultEnv:
    """What `default_env()` gives: await it, or use it as an environment in synchronous code."""

    __slots__ = ()

    def __await__(self) -> Any:
        return _default.ready().__await__()

    def get_context(self, key: Any) -> Any:
        """The value of `key` in the default environment, which is started where it does not run."""
        return _blocking_env().get_context(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(_blocking_env(), name)


def default_env() -> DefaultEnv:
    """The default environment, started where it does not run: `await` it, or use it at once in sync code."""
    return DefaultEnv()


def _blocking_env() -> Environment:
    return run_blocking(_default.ready(), blocking="coco.default_env()", awaited="coco.default_env()")


async def on_loop_of(env: Environment, make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Await `make()` on the loop that `env` is bound to, from whichever loop this is."""
    import asyncio

    loop = env.event_loop
    if loop is None or loop is asyncio.get_running_loop():
        return await make()
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(make(), loop))


@atexit.register
def _stop_at_exit() -> None:
    env = _default._env
    if env is not None and env.event_loop is not None and env.event_loop.is_running():
        try:
            from . import portal

            if env.event_loop is portal.portal_loop():
                portal.run(_default.stop(), timeout=5)
        except Exception:  # the process is going away: there is nobody left to tell
            pass
