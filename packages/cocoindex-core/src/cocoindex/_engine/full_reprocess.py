"""A full reprocess: which components it has done, and what it leaves to the next update. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._runtime.log import WARNING, log
from . import record
from .batch import Batch
from .keyspace import CHILD, DONE
from .record import CHILDREN
from .stored_record import doubt_states, forget_calls, forget_memo

if TYPE_CHECKING:
    from .._store.interface import AppStore
    from .component import Component
    from .facts import Facts
    from .unit import Unit


_ID = 8
"""The size of a component's id in bytes."""


class FullReprocess:
    """An update that ignores what is stored about results and targets.

    If it is interrupted, the next update goes on with the components that it has not done. At its end, those that
    failed, and those below them that were not reached, are marked: the next update applies them again.

    Args:
        anew: whether to ignore, too, what an interrupted one has done.
    """

    def __init__(self, store: AppStore, facts: Facts, *, anew: bool) -> None:
        self._store = store
        self._facts = facts
        self._failed: list[bytes] = []
        self._not_reached: list[bytes] = []
        self._done: list[bytes] = []  # ids, since the last transaction
        self._done_before: frozenset[bytes] = frozenset()
        self.goes_on = not anew and facts.is_reprocessing()
        if self.goes_on:
            rows = Batch(store).stored_rows(DONE)
            self._done_before = frozenset(ids[at : at + _ID] for _, ids in rows for at in range(0, len(ids), _ID))
            log(
                WARNING,
                f"the last full reprocess of app {store.name!r} was interrupted; this update goes on with the "
                "components that it has not reached",
            )
        else:
            facts.mark_reprocessing()

    def is_due(self, data: bytes | None) -> bool:
        """Return whether what is stored about the component with the record `data` is to be ignored."""
        return not self.goes_on or data is None or data[2:10] not in self._done_before

    def done(self, component: bytes) -> None:
        """Note that the component with this id is applied; `write_done` writes it."""
        self._done.append(component)

    def write_done(self, batch: Batch, _units: list[Unit]) -> None:
        """Write the components that are applied with this transaction, in one row; a row each costs 4 % of a small
        component."""
        if self._done:
            batch.put(DONE + self._facts.new_id().to_bytes(_ID, "big"), b"".join(self._done))
            self._done.clear()

    def failed(self, component: Component) -> None:
        """Record a failed component, and what it had mounted before but not this time."""
        self._failed.append(component.record.key)
        self._not_reached += component.children.stale()

    def end(self, facts: Facts) -> None:
        """Mark what failed and what was not reached: to run again, with all calls, and with target states that may be
        missing."""
        batch = Batch(self._store)
        for key in self._failed:
            _doubt(batch, key)
        waiting = list(self._not_reached)
        met: set[bytes] = set()  # a damaged store may contain a cycle
        while waiting:
            component = _doubt(batch, waiting.pop())
            if component is not None and component not in met:
                met.add(component)
                waiting += batch.stored_keys(CHILD + component)
        facts.clear_reprocessing(batch)
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
