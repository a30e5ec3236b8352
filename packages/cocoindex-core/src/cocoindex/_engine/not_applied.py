"""What a full reprocess could not apply because something failed. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import record
from .batch import Batch
from .keyspace import CHILD
from .record import CHILDREN
from .stored_record import doubt_states, forget_calls, forget_memo

if TYPE_CHECKING:
    from .._store.interface import AppStore
    from .component import Component


class NotApplied:
    """The components that failed, and those below them that were not reached; the next update applies them again."""

    def __init__(self) -> None:
        self._failed: list[bytes] = []
        self._not_reached: list[bytes] = []

    def add(self, component: Component) -> None:
        """Record a failed component, and what it had mounted before but not this time."""
        self._failed.append(component.record.key)
        self._not_reached += component.children.stale()

    def write(self, store: AppStore) -> None:
        """Mark each of them to run again, with all its calls, and their target states as possibly missing."""
        batch = Batch(store)
        for key in self._failed:
            _doubt(batch, key)
        waiting = list(self._not_reached)
        met: set[bytes] = set()  # a damaged store may contain a cycle
        while waiting:
            component = _doubt(batch, waiting.pop())
            if component is not None and component not in met:
                met.add(component)
                waiting += batch.stored_keys(CHILD + component)
        batch.commit()


def _doubt(batch: Batch, key: bytes) -> bytes | None:
    """Mark a component to make all its calls and apply all its target states again; return its id if it may have
    children."""
    if (data := batch.get(key)) is None or not record.is_readable(data):
        return None
    forget_memo(batch, key)
    forget_calls(batch, data)
    doubt_states(batch, key, batch.get(key) or data)
    return data[2:10] if data[1] & CHILDREN else None
