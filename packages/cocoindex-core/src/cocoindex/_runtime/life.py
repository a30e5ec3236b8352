"""One life of the default environment: both halves of its lifespan, in one task. Layer: _runtime.

They need one task, because task groups, cancel scopes and time limits must be left by the task that entered them.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from .environment import Environment, EnvironmentBuilder
from .left import to_the_end
from .lifespan_steps import LifespanFn, LifespanSteps
from .log import log
from .operation import Operation
from .underway import counted


class Life:
    """Begins at its creation, on the running loop; ends when it is stopped or its loop ends.

    Args:
        lifespan_fn: the lifespan function, if there is one.
        name: the name of the environment.
        opened: whether to open its store, too.

    Attributes:
        env: the environment, once it has started.
    """

    def __init__(self, lifespan_fn: LifespanFn | None, name: str, *, opened: bool) -> None:
        self.env: Environment | None = None
        self._lifespan_fn = lifespan_fn
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._started: asyncio.Future[None] = self._loop.create_future()
        self._failure: BaseException | None = None
        self._stopped = asyncio.Event()
        self._operation = Operation(partial(self._live, opened), self._loop, lasting=True).begin()

    async def start(self) -> Environment:
        """Wait until it has started; if this is cancelled, everything opened is closed before it returns.

        Raises:
            The exceptions of the lifespan and of opening the store.
        """
        with counted("the start of the lifespan"):
            await to_the_end(lambda: asyncio.wait([self._started]), self._started.done, self._operation.cancel)
        if self._failure is not None:
            raise self._failure
        assert self.env is not None
        return self.env

    async def stop(self) -> None:
        """End it, from any loop, and wait for that; it has ended even if this raises.

        Raises:
            The exception of the lifespan.
        """
        self._loop.call_soon_threadsafe(self._stopped.set)
        await self.ended()

    async def ended(self) -> None:
        """Wait, on any loop, until it has ended."""
        with counted("the end of the lifespan"):
            await self._operation.wait(forward=False)

    async def _live(self, opened: bool) -> None:
        builder = EnvironmentBuilder()
        try:
            steps = await self._enter(builder, opened)
        except GeneratorExit:
            raise
        except BaseException as exc:  # reported to the caller that waits for the start
            self._failure = exc
            return
        finally:
            if not self._loop.is_closed():
                self._started.set_result(None)
        assert self.env is not None
        try:
            if await self._was_stopped(self.env):
                await _leave(builder, steps)
            else:
                await self._leave_unasked(builder, steps)
        finally:
            self.env.close()

    async def _was_stopped(self, env: Environment) -> bool:
        """Wait for the stop; return False if the task is cancelled instead, as by the end of its loop."""
        try:
            await self._stopped.wait()
        except asyncio.CancelledError:
            from anyio import CancelScope

            with CancelScope(shield=True):  # from the context managers that the lifespan keeps open
                await env._until_unused()
            return False
        return True

    async def _leave_unasked(self, builder: EnvironmentBuilder, steps: LifespanSteps | None) -> None:
        """End without a waiting caller: failures are logged."""
        try:
            await _leave(builder, steps)
        except Exception as exc:
            log(logging.ERROR, "the lifespan ended by itself, and is started anew at the next use", exc)

    async def _enter(self, builder: EnvironmentBuilder, opened: bool) -> LifespanSteps | None:
        """Run the first half; if that fails, close what it opened."""
        steps: LifespanSteps | None = None
        try:
            if self._lifespan_fn is not None:
                entering = LifespanSteps(self._lifespan_fn, builder)
                await entering.enter()
                steps = entering
            env = builder.build(name=self._name, event_loop=self._loop)
            if opened:
                env._opened_database()
        except BaseException:
            await _leave(builder, steps)
            raise
        self.env = env
        return steps


async def _leave(builder: EnvironmentBuilder, steps: LifespanSteps | None) -> None:
    """Exit what was entered through the builder, last first, then run the second half."""
    with counted("the end of the lifespan"):
        try:
            await builder.context_provider.aclose()
        finally:
            if steps is not None:
                await steps.leave()
