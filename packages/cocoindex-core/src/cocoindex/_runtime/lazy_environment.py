"""An environment that a lifespan function makes at the first use, and again after a stop. Layer: _runtime."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ..errors import UpdateInsideItselfError
from .environment import Environment, EnvironmentBuilder, on_loop_of
from .lifespan_steps import LifespanFn, LifespanSteps
from .scope import _scope

if TYPE_CHECKING:
    import concurrent.futures

    from .settings import Settings


class LazyEnvironment:
    """Starts at the first use, on the loop of that use; from any thread, once at a time.

    Once that loop is closed, the next use starts it anew.
    """

    def __init__(self, name: str = "default") -> None:
        self.name = name
        self.lifespan_fn: LifespanFn | None = None
        self._env: Environment | None = None
        self._steps: LifespanSteps | None = None
        self._lock = threading.Lock()
        self._changing: concurrent.futures.Future[None] | None = None

    @property
    def settings(self) -> Settings:
        """The settings of the started environment, else those of the environment variables."""
        return self._env.settings if self._env else EnvironmentBuilder().settings

    @property
    def started(self) -> Environment | None:
        """The environment, where it was started and its loop is not closed."""
        loop = self._env.event_loop if self._env else None
        return None if loop is None or loop.is_closed() else self._env

    async def ready(self) -> Environment:
        """The started environment; starts it where it does not run."""
        if (env := self.started) is not None:
            return env
        async with self._alone():
            if (env := self.started) is None:
                env = await self._start()
            return env

    async def stop(self) -> None:
        """Wait for its updates and drops, then run the second half of the lifespan on the loop that ran the first.

        Nothing happens where it does not run.

        Raises:
            UpdateInsideItselfError: (a RuntimeError) one of its components calls this, and would be waited for.
            What the lifespan raises; the store is closed all the same.
        """
        scope = _scope.get()
        if scope is not None and scope.component.env is self._env:
            raise UpdateInsideItselfError(
                f"component {scope.component} stops the environment that it runs in, which waits for it; "
                "call coco.stop() after the update"
            )
        async with self._alone():
            live, env, steps = self.started, self._env, self._steps
            self._env = self._steps = None  # what comes now waits for the stop, and starts anew
            if live is not None:
                await on_loop_of(live, lambda: _leave(live, steps))
            elif env is not None:
                env.close()

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One start or stop at a time, from whichever loops."""
        import asyncio
        import concurrent.futures

        mine: concurrent.futures.Future[None] = concurrent.futures.Future()
        while True:
            with self._lock:
                theirs = self._changing
                if theirs is None:
                    self._changing = mine
                    break
            await asyncio.wait([asyncio.wrap_future(theirs)])
        try:
            yield
        finally:
            self._changing = None
            mine.set_result(None)

    async def _start(self) -> Environment:
        import asyncio

        if self._env is not None:  # its loop is closed, and whatever lived on it is gone
            self._env.close()
            self._env = None
        builder = EnvironmentBuilder()
        steps: LifespanSteps | None = None
        try:
            if self.lifespan_fn is not None:
                entering = LifespanSteps(self.lifespan_fn, builder)
                await entering.enter()
                steps = entering
            env = builder.build(name=self.name, event_loop=asyncio.get_running_loop())
        except BaseException:
            await _undo(builder, steps)
            raise
        self._env, self._steps = env, steps
        return env


async def _undo(builder: EnvironmentBuilder, steps: LifespanSteps | None) -> None:
    """Close what a start that failed half way had opened."""
    try:
        await builder.context_provider.aclose()
    finally:
        if steps is not None:
            await steps.leave()


async def _leave(env: Environment, steps: LifespanSteps | None) -> None:
    await env.quiet()
    try:
        await env.context_provider.aclose()
    finally:
        try:
            if steps is not None:
                await steps.leave()
        finally:
            env.close()
