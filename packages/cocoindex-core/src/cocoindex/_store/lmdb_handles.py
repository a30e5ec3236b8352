"""The sub-databases of the apps that a process uses, which LMDB bounds in number.

Layer `_store`. `by_app` changes under the locks of the environment only.
"""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING, TypeAlias

from .lmdb_scan import Handle

if TYPE_CHECKING:
    from typing import Protocol

    class Named(Protocol):
        """A store of one app."""

        name: str


Handles: TypeAlias = "list[Handle]"
"""The sub-databases of one app, by partition."""


class AppHandles:
    """Handles by app, and which apps are in use.

    Args:
        limit: how many apps can have handles at once.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.by_app: dict[str, Handles] = {}
        self._stores: weakref.WeakSet[Named] = weakref.WeakSet()
        self._mutex = threading.RLock()

    def use(self, store: Named) -> bool:
        """Count the store's app as in use as long as the store lives; return False where too many are."""
        with self._mutex:
            in_use = self.in_use()
            if store.name not in in_use and len(in_use) >= self.limit:
                return False
            self._stores.add(store)
            return True

    def in_use(self) -> set[str]:
        """Return the apps with stores that are alive."""
        with self._mutex:
            names = {store.name for store in self._stores}
            if len(names) >= self.limit:
                gc.collect()  # a store of an update that is over may be part of a cycle
                names = {store.name for store in self._stores}
            return names
