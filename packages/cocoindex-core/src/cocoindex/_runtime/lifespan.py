"""The lifespan function of the default environment, and its explicit start and stop. Layer: _runtime."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Any, Final, TypeVar, overload

from cocoindex._shown import shown

from .._values import call_misfit
from ..errors import LifespanError
from .blocking import run_blocking
from .default_env import lazy_default_env
from .log import ERROR, log

F = TypeVar("F", bound=Callable[..., Any])

_EXIT_SECONDS = 5
_ABSENT: Final = object()


@overload
def lifespan(fn: F) -> F: ...
@overload
def lifespan() -> Callable[[F], F]: ...
def lifespan(fn: Any = _ABSENT) -> Any:
    """Register `fn` as the lifespan of the default environment, replacing any earlier one.

    `@coco.lifespan()` is the same as `@coco.lifespan`.

    Args:
        fn: a generator function, sync or async, that takes an `EnvironmentBuilder` and yields once. The part before the
            `yield` runs at the start, the part after it at the stop. If it raises before the `yield`, everything opened
            through the builder is closed.

    Raises:
        LifespanError: (a RuntimeError) `fn` cannot be called with one argument.
    """
    if fn is _ABSENT:
        return lifespan
    if not callable(fn):
        raise LifespanError(f"@coco.lifespan marks a generator function, not {shown(fn)}")
    if (why := call_misfit(fn, (None,))) is not None:
        raise LifespanError(
            f"the lifespan function {getattr(fn, '__qualname__', fn)} is called with one argument, the "
            f"coco.EnvironmentBuilder, which it does not take: {why}"
        )
    lazy_default_env().lifespan_fn = fn
    return fn


async def start() -> None:
    """Start the default environment and open its store, creating it if necessary.

    Raises:
        StoreOpenError, StoreCorruptedError, StoreVersionError: the store cannot be used; nothing is started.
        What the lifespan raises.
    """
    await lazy_default_env()._ready(opened=True)


async def stop() -> None:
    """Stop the default environment once its updates have ended; does nothing if it is not running.

    Live updates are asked to end; they end in order and return their results.
    """
    await lazy_default_env().stop()


def start_blocking() -> None:
    """Like `start`, on the event loop of the blocking calls."""
    run_blocking(lazy_default_env()._ready(opened=True), blocking="coco.start_blocking()", awaited="coco.start()")


def stop_blocking() -> None:
    """Like `stop`, from sync code."""
    run_blocking(lazy_default_env().stop(), blocking="coco.stop_blocking()", awaited="coco.stop()")


class Runtime:
    """Runs the default environment for a `with` or `async with` block."""

    __slots__ = ()

    def __enter__(self) -> None:
        from . import portal

        portal.refuse_in_loop("with coco.runtime()", "async with coco.runtime()")
        start_blocking()

    def __exit__(self, *exc: object) -> None:
        from . import portal

        if not portal.is_left_behind():
            stop_blocking()

    async def __aenter__(self) -> None:
        await start()

    async def __aexit__(self, *exc: object) -> None:
        await stop()


def runtime() -> Runtime:
    """Return a context manager, sync or async, that starts and stops the default environment."""
    return Runtime()


@atexit.register
def _stop_at_exit() -> None:
    """Run the second half of the lifespan if the first ran on the portal's loop, which still runs."""
    env = lazy_default_env().started
    if env is None:
        return
    from . import portal

    if portal.serves(env.event_loop) and not portal.is_left_behind():
        try:
            portal.run(lazy_default_env().stop(), timeout=_EXIT_SECONDS)
        except Exception as exc:
            log(ERROR, "the lifespan did not end in order", exc)
