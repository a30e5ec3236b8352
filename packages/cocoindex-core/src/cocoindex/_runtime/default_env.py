"""The default environment, also for code outside components. Layer: _runtime."""

from __future__ import annotations

from typing import Any, TypeVar

from .blocking import run_blocking
from .context import ContextKey
from .environment import Environment
from .lazy_environment import LazyEnvironment

T = TypeVar("T")

_default = LazyEnvironment()


def lazy_default_env() -> LazyEnvironment:
    """Return the environment of apps that name none."""
    return _default


class DefaultEnv:
    """The result of `default_env()`: await it, or use it as an environment in sync code."""

    __slots__ = ()

    def __await__(self) -> Any:
        return _default._ready().__await__()

    def get_context(self, key: ContextKey[T]) -> T:
        """Return the value of `key` in the default environment, starting it if necessary."""
        return _started().get_context(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(_started(), name)

    def __repr__(self) -> str:
        return f"<coco.default_env(), {'not started' if _default.started is None else repr(_default.started)}>"


def default_env() -> DefaultEnv:
    """Return the default environment, started if necessary: `await` it, or use it directly in sync code.

    Raises, when used without `await`:
        BlockingInLoopError: (a RuntimeError) it must be started, but an event loop is running in this thread.
    """
    return DefaultEnv()


def _started() -> Environment:
    if (env := _default.started) is not None:
        return env
    return run_blocking(_default._ready(), blocking="coco.default_env()", awaited="coco.default_env()")
