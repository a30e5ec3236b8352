"""The environment of an app, started for one command and stopped after it. Layer `cli`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .._runtime.environment import Environment
from .._runtime.lazy_environment import LazyEnvironment


@asynccontextmanager
async def opened(environment: Environment | LazyEnvironment) -> AsyncIterator[Environment]:
    """Start the environment, running its lifespan, and stop it again; gives the one that runs."""
    try:
        yield await environment.ready()
    finally:
        if isinstance(environment, LazyEnvironment):
            await environment.stop()
        else:
            environment.close()
