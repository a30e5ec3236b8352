"""An environment that a lifespan function creates at the first use, and again after a stop. Layer: _runtime."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, TypeAlias

from ..errors import UpdateInsideItselfError
from .block import async_block
from .environment import Environment, EnvironmentBuilder, is_used_here, on_loop_of
from .forked import in_forked_child, leave_to_parent
from .scope import _scope

if TYPE_CHECKING:
    import asyncio
    import concurrent.futures

    from .life import Life
    from .lifespan_steps import LifespanFn
    from .settings import Settings

_Change: TypeAlias = "tuple[concurrent.futures.Future[None], asyncio.AbstractEventLoop]"

_LOOK_UP_SECONDS = 0.5


class LazyEnvironment:
    """Starts at the first use, on the loop of that use; safe from any thread.

    After that loop was closed, the next use starts it again.
    """

    def __init__(self, name: str = "default") -> None:
        self.name = name
        self.lifespan_fn: LifespanFn | None = None
        self._life: Life | None = None
        self._lock = threading.Lock()
        self._changing: _Change | None = None
        in_forked_child(self, LazyEnvironment._begin_anew)

    @property
    def settings(self) -> Settings:
        """The settings of the started environment, else those from environment variables."""
        env = self.started
        return env.settings if env is not None else EnvironmentBuilder().settings

    @property
    def started(self) -> Environment | None:
        """The environment, if it was started and its loop has not ended."""
        env = self._life.env if self._life is not None else None
        loop = env.event_loop if env is not None else None
        return None if env is None or env._closed or loop is None or loop.is_closed() else env

    async def _ready(self, *, opened: bool = False) -> Environment:
        """Return the started environment; start it if necessary.

        Args:
            opened: whether to open its store, creating it if necessary. If that fails, an environment started for this
                is stopped again.
        """
        env = self.started
        if env is None or (env._stopping and not is_used_here(env)):
            async with self._alone():
                env = await self._started_alone(opened)
        if opened:
            env._opened_database()
        return env

    async def stop(self) -> None:
        """Wait for its updates and drops, then run the second half of the lifespan on the loop that ran the first.

        It does nothing if the environment is not running. A stop that is cancelled while it waits for updates stops
        nothing; one that is cancelled later completes before it raises.

        Raises:
            UpdateInsideItselfError: (a RuntimeError) one of its components calls this, which would wait for itself.
            EnvironmentLoopError: (a RuntimeError) the loop on which it was started is not running; stop it there.
            The exception of the lifespan; the store is closed in any case.
        """
        env = self.started
        if env is not None and is_used_here(env):
            scope = _scope.get()
            who = "an update" if scope is None else f"component {scope.component}"
            raise UpdateInsideItselfError(
                f"{who} stops the environment that it runs in, which waits for it; call coco.stop() after the update"
            )
        async with self._alone():
            life, env = self._life, self.started
            if life is not None and env is not None:
                await _unused(env)
                try:
                    await life.stop()
                finally:
                    self._forget()
            else:
                self._forget()

    async def _started_alone(self, opened: bool) -> Environment:
        from .life import Life

        if self._life is not None and (env := self.started) is not None:
            if not env._stopping:
                return env
            await self._life.ended()  # its loop ends, and the environment with it
        self._forget()
        life = Life(self.lifespan_fn, self.name, opened=opened)
        env = await life.start()
        self._life = life
        return env

    def _forget(self) -> None:
        """Close it; the next use starts it again."""
        life, self._life = self._life, None
        if life is not None and life.env is not None:
            life.env.close()

    @async_block
    async def _alone(self) -> AsyncGenerator[None, None]:
        """Allow one start or stop at a time, from all loops."""
        import asyncio
        import concurrent.futures

        mine: _Change = (concurrent.futures.Future(), asyncio.get_running_loop())
        while True:
            with self._lock:
                theirs = self._changing
                if theirs is None or theirs[1].is_closed():  # whoever was changing it has gone with its loop
                    self._changing = mine
                    break
            await asyncio.wait([asyncio.wrap_future(theirs[0])], timeout=_LOOK_UP_SECONDS)
        try:
            yield
        finally:
            with self._lock:
                if self._changing is mine:
                    self._changing = None
            mine[0].set_result(None)

    def _begin_anew(self) -> None:
        """Reset in a forked child: the lifespan and everything it opened belong to the parent."""
        leave_to_parent(self._life, self._changing)
        self._life = self._changing = None
        self._lock = threading.Lock()


async def _unused(env: Environment) -> None:
    """Wait until nobody uses `env`, and let nobody begin to; if this is cancelled, nothing changes."""
    done = False

    async def unused() -> None:
        nonlocal done
        await env._until_unused()
        done = True

    try:
        await on_loop_of(env, unused)
    except BaseException:
        if done:  # and was cancelled before that was known here
            env._resume()
        raise
