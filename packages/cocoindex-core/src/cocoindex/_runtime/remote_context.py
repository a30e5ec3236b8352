"""The context values of a worker process, which runs functions called by another process. Layer: _runtime.

The values of an environment are not sent there; the worker's initializer creates them once per worker.
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
    """The context values for one call from another process.

    Attributes:
        read: the names of the change-detected keys that were read.
    """

    __slots__ = ("_provider", "read")

    def __init__(self, provider: ContextProvider) -> None:
        self._provider = provider
        self.read: set[str] = set()

    def get(self, key: ContextKey[Any]) -> Any:
        """Return the worker's value of `key`.

        Raises:
            ContextKeyError: (a KeyError) the worker's initializer did not provide it.
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
    """Make `use_context` use `context` inside the block."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def remote_context() -> RemoteContext | None:
    """Return the context of a call from another process; None outside such a call."""
    return _current.get()
