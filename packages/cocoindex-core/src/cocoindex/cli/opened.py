"""The environment of an app, started for one command and stopped after it. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterator

from .._runtime import portal
from .._runtime.block import block
from .._runtime.environment import Environment
from .._runtime.lazy_environment import LazyEnvironment
from .interruptible import run_interruptibly


@block
def opened(environment: Environment | LazyEnvironment) -> Iterator[Environment]:
    """Start the environment, running its lifespan, and stop it again; gives the one that runs.

    It lives on the loop behind the blocking calls, so that this thread can ask questions and be interrupted.
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
