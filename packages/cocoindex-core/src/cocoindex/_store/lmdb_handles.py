"""The handles of the sub-databases that a process uses; LMDB limits their number.

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
        """Count the store's app as in use as long as the store lives; return False if too many are in use."""
        with self._mutex:
            in_use = self.in_use()
            if store.name not in in_use and len(in_use) >= self.limit:
                return False
            self._stores.add(store)
            return True

    def in_use(self) -> set[str]:
        """Return the apps whose stores are alive."""
        with self._mutex:
            names = {store.name for store in self._stores}
            if len(names) >= self.limit:
                gc.collect()  # the store of an ended update may be part of a reference cycle
                names = {store.name for store in self._stores}
            return names
