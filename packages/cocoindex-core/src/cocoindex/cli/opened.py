"""Starts the environment of an app for one command, and stops it afterwards. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterator

from .._runtime import portal
from .._runtime.block import block
from .._runtime.environment import Environment
from .._runtime.lazy_environment import LazyEnvironment
from .interruptible import run_interruptibly


@block
def opened(environment: Environment | LazyEnvironment) -> Iterator[Environment]:
    """Start the environment with its lifespan, yield it, and stop it at the end.

    It runs on the event loop of the blocking calls, so that this thread can prompt the user and be interrupted.
    """
    try:
        yield run_interruptibly(environment._ready())
    finally:
        if not portal.is_left_behind():
            run_interruptibly(_stop(environment))


async def _stop(environment: Environment | LazyEnvironment) -> None:
    if isinstance(environment, LazyEnvironment):
        await environment.stop()
    else:
        environment.close()
