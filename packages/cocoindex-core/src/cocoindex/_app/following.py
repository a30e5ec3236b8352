"""A coroutine that notices a cancellation even before its first step. Layer: _app."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar

from .._described import is_a

R = TypeVar("R")


class Following(Coroutine[Any, Any, R]):
    """Wraps the coroutine of a caller that follows an operation.

    A task that is cancelled before its first step throws the cancellation into its coroutine, which then ends without
    having run: the operation, started by others, would continue. So the coroutine is advanced to its first wait
    before.

    Args:
        coroutine: the wrapped coroutine.
        goes_on: whether an operation is running.
    """

    __slots__ = ("__weakref__", "_coroutine", "_goes_on")

    def __init__(self, coroutine: Coroutine[Any, Any, R], goes_on: Callable[[], bool]) -> None:
        self._coroutine = coroutine
        self._goes_on: Callable[[], bool] | None = goes_on

    def send(self, value: Any, /) -> Any:
        self._goes_on = None
        return self._coroutine.send(value)

    def throw(self, kind: Any, value: BaseException | object = None, traceback: TracebackType | None = None, /) -> Any:
        error = kind() if isinstance(kind, type) else kind
        goes_on, self._goes_on = self._goes_on, None
        if goes_on is not None and _is_cancellation(error) and goes_on():
            self._coroutine.send(None)
        return self._coroutine.throw(error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, R]:
        self._goes_on = None
        return self._coroutine.__await__()

    def __getattr__(self, name: str) -> Any:
        """Return attributes that tools read of a coroutine: its name, its code, its frame."""
        return getattr(self._coroutine, name)


def _is_cancellation(error: object) -> bool:
    import asyncio

    return is_a(error, asyncio.CancelledError)
