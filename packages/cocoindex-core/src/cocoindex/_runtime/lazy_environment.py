"""An environment that a lifespan function makes at the first use, and again after a stop. Layer: _runtime."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, TypeAlias

from ..errors import UpdateInsideItselfError
from .block import async_block
from .environment import Environment, EnvironmentBuilder, is_used_here, on_loop_of
from .forked import in_forked_child, leave_to_parent
from .lifespan_steps import LifespanFn, LifespanSteps
from .scope import _scope
from .underway import counted

if TYPE_CHECKING:
    import asyncio
    import concurrent.futures

    from .settings import Settings

_Change: TypeAlias = "tuple[concurrent.futures.Future[None], asyncio.AbstractEventLoop]"

_LOOK_UP_SECONDS = 0.5


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
        self._changing: _Change | None = None
        in_forked_child(self, LazyEnvironment._begin_anew)

    @property
    def settings(self) -> Settings:
        """The settings of the started environment, else those of the environment variables."""
        return self._env.settings if self._env else EnvironmentBuilder().settings

    @property
    def started(self) -> Environment | None:
        """The environment, where it was started and its loop is not closed."""
        loop = self._env.event_loop if self._env else None
        return None if loop is None or loop.is_closed() else self._env

    async def ready(self, *, opened: bool = False) -> Environment:
        """The started environment; starts it where it does not run.

        Args:
            opened: whether its store is to be opened, and made where there is none. Where it cannot be, an environment
                that was started for this is stopped again.
        """
        import asyncio

        env = self.started
        if env is None or (env.stopping and not is_used_here(env)):
            async with self._alone():
                if (env := self.started) is None:
                    from .operation import Operation

                    # A start that is cancelled is undone, however often it is cancelled.
                    return await Operation(lambda: self._start(opened=opened), asyncio.get_running_loop()).wait()
        if opened:
            env.database()
        return env

    async def stop(self) -> None:
        """Wait for its updates and drops, then run the second half of the lifespan on the loop that ran the first.

        Nothing happens where it does not run. A stop that is cancelled while it waits for updates has stopped nothing;
        later than that it is complete when it raises.

        Raises:
            UpdateInsideItselfError: (a RuntimeError) one of its components calls this, and would be waited for.
            EnvironmentLoopError: (a RuntimeError) the loop that it was started on does not run; stop it there.
            What the lifespan raises; the store is closed all the same.
        """
        if self._env is not None and is_used_here(self._env):
            scope = _scope.get()
            who = "an update" if scope is None else f"component {scope.component}"
            raise UpdateInsideItselfError(
                f"{who} stops the environment that it runs in, which waits for it; call coco.stop() after the update"
            )
        async with self._alone():
            env = self._env
            if env is None:
                return
            if self.started is None:
                self._forget()
                return
            await on_loop_of(env, env.unused)
            loop = env.event_loop
            assert loop is not None
            from .operation import Operation

            # What has begun is finished, whoever is not willing to wait for it.
            await Operation(self._leave, loop).wait(forward=False)

    async def _leave(self) -> None:
        env, steps = self._env, self._steps
        assert env is not None
        with counted("the end of the lifespan"):
            try:
                await env.context_provider.aclose()
            finally:
                try:
                    if steps is not None:
                        await steps.leave()
                finally:
                    self._forget()

    def _forget(self) -> None:
        """Close it; the next use starts it anew."""
        env, self._env, self._steps = self._env, None, None
        if env is not None:
            env.close()

    @async_block
    async def _alone(self) -> AsyncGenerator[None, None]:
        """One start or stop at a time, from whichever loops."""
        import asyncio
        import concurrent.futures

        mine: _Change = (concurrent.futures.Future(), asyncio.get_running_loop())
        while True:
            with self._lock:
                theirs = self._changing
                if theirs is None or theirs[1].is_closed():  # with its loop, whoever was changing it has gone
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
        """In a forked child: the lifespan is the parent's, and so is what it opened."""
        leave_to_parent(self._env, self._steps, self._changing)
        self._env = self._steps = self._changing = None
        self._lock = threading.Lock()

    async def _start(self, *, opened: bool) -> Environment:
        import asyncio

        self._forget()  # where its loop is closed, whatever lived on it is gone
        builder = EnvironmentBuilder()
        steps: LifespanSteps | None = None
        try:
            if self.lifespan_fn is not None:
                entering = LifespanSteps(self.lifespan_fn, builder)
                with counted("the start of the lifespan"):
                    await entering.enter()
                steps = entering
            env = builder.build(name=self.name, event_loop=asyncio.get_running_loop())
            if opened:
                env.database()
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
