"""The context values of a worker, where functions run that another process called. Layer: _runtime.

Nobody sends the values of an environment there; what makes them once a worker is its initializer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ..errors import ContextKeyError
from .block import block
from .context import ContextKey, ContextProvider

_current: ContextVar[RemoteContext | None] = ContextVar("cocoindex_remote_context", default=None)


class RemoteContext:
    """What `use_context` gives in one call that came from another process.

    Attributes:
        read: the names of the change-detected keys that were read.
    """

    __slots__ = ("_provider", "read")

    def __init__(self, provider: ContextProvider) -> None:
        self._provider = provider
        self.read: set[str] = set()

    def get(self, key: ContextKey[Any]) -> Any:
        """The worker's value of `key`.

        Raises:
            ContextKeyError: (a KeyError) the worker's initializer provided none.
        """
        try:
            value = self._provider.get(key)
        except ContextKeyError:
            raise ContextKeyError(
                f"the context key {key.key!r} has no value in this worker, as values stay in the process that provided "
                "them: give the runner an initializer= that provides it in each worker, or pass it as an argument"
            ) from None
        if key.detect_change:
            self.read.add(key.key)
        return value


@block
def of_worker(context: RemoteContext) -> Iterator[None]:
    """Have `use_context` ask `context` for the time of the block."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def remote_context() -> RemoteContext | None:
    """The context of the call that came from another process; None where none did."""
    return _current.get()
