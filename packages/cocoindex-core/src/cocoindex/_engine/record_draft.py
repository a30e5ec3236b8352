"""The record of one component in one update: what is stored, and what is written when. Layer: _engine.

It is the only writer of a running component's record. `stored_record` edits the records of other components.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import RecordError
from . import record, stored_states
from .keyspace import COMMITTED, INDEX, committed_prefix, is_bounded
from .record import CALLS, CHILDREN, LIVE, MAY_BE_MISSING, MEMO, NO_DEPS, NO_HASH, Head

if TYPE_CHECKING:
    from typing import Protocol

    from .._function.memo_state import StateCheck
    from .batch import Batch
    from .calls import Calls
    from .component import Component
    from .facts import Facts
    from .ownership import Ownership
    from .plan import Plan
    from .rerun import Rerun

    class RecordAbove(Protocol):
        """The record of a component as its children's records need it, whether it runs or not; see `RecordDraft`."""

        id: bytes
        announced: bool

        @property
        def above(self) -> RecordAbove | None: ...
        def expect_children(self, batch: Batch, /) -> None: ...


_SHORT = 1024
"""A head of fewer bytes is written before the actions, too."""


class RecordDraft:
    """What is stored about a component, and what this update will write.

    Attributes:
        key: the key of the record.
        id: the component's durable id.
        data: the stored record; None if there is none yet.
        is_new: whether there was no record when the component was mounted.
        flags: the flags of the record.
        unreadable: why the record cannot be read; None if it can.
        arg_key: the memo key of the arguments.
        check: the memo states of the arguments.
        states: the memo states to store, serialized; None if there are none.
        deps: the hash of the component's set of dependencies.
        result: the serialized result of a memoized component.
        live: whether it or a component below it has a live range.
        ranges: the path prefixes of the children of its own live ranges.
        above: the record of the component above; None for the root.
        announced: whether this record and all records above say, or are about to say, that there are children.
    """

    __slots__ = (
        "_entries",
        "_facts",
        "_head",
        "_name",
        "_path",
        "above",
        "announced",
        "arg_key",
        "check",
        "data",
        "deps",
        "flags",
        "id",
        "is_new",
        "key",
        "live",
        "ranges",
        "result",
        "states",
        "unreadable",
    )

    def __init__(
        self, facts: Facts, key: bytes, data: bytes | None, above: RecordAbove | None, component: Component
    ) -> None:
        # No reference to the component, which refers to this: a cycle would keep both in memory.
        self._facts = facts
        self.above = above
        self._name = component.name
        self._path = component.key
        self.key = key
        self.data = data
        self.is_new = data is None
        self.flags = 0
        self.arg_key, self.deps = NO_HASH, NO_DEPS
        self.check: StateCheck | None = None
        self.states: list[bytes] | None = None
        self.unreadable: RecordError | None = None
        self.result: bytes | None = None
        self._head: bytes | None = None
        self._entries: bytes | None = None
        self.announced = self.live = False
        self.ranges: tuple[bytes, ...] = ()
        if data is None:
            self.id = facts.new_id().to_bytes(8, "big")
            return
        try:
            header = record.header_of(data, component)
        except RecordError as exc:
            self.unreadable = exc
            self.id = b""
        else:
            self.flags = header.flags
            self.id = header.id

    @property
    def has_calls(self) -> bool:
        """Return whether earlier runs left memoized calls or states."""
        return bool(self.flags & CALLS)

    @property
    def has_old_children(self) -> bool:
        """Return whether earlier updates may have left children."""
        return bool(self.flags & CHILDREN) and not self.is_new

    def refresh(self, batch: Batch, where: Component) -> None:
        """Read the record again: others may have edited it since the mount, and its own first try has."""
        self._entries = None
        if self.data is not None or self.announced:
            self.data = batch.get(self.key)
            self.flags = 0 if self.data is None else record.header_of(self.data, where).flags

    def announce(self, batch: Batch) -> None:
        """Mark the records of all ancestors: they have children, and must run again if this is interrupted."""
        above = self.above
        while above is not None and not above.announced:
            above.expect_children(batch)
            above = above.above

    def write_ahead(self, batch: Batch, plan: Plan, calls: Calls | None, ownership: Ownership) -> None:
        """Write what is possible until the actions are known to be applied, the owners, and results of calls."""
        self.announce(batch)
        ownership.write(batch, plan, self.key, self.id)
        flags = self.flags & ~MEMO
        if calls is not None:
            flags = calls.write_ahead(batch, flags)
        if plan.same_entries:
            flags, self._entries = self._place(batch, flags, plan, plan.changes_after())
            flags |= MAY_BE_MISSING
            encoded = self._entries
        else:
            flags, encoded = self._place(batch, flags, plan, plan.changes_before())
        self._write(batch, flags, encoded)

    def commit(
        self, batch: Batch, plan: Plan, calls: Calls | None, ownership: Ownership, rerun: Rerun, *, memo: bool
    ) -> None:
        """Write what is true after the actions, or without actions."""
        if not plan.shares:
            self.announce(batch)
            ownership.write(batch, plan, self.key, self.id)
        plan.forget_removed(batch)
        flags = self.flags & ~(MEMO | LIVE)
        if self.live:
            flags |= LIVE
        if self.flags & LIVE:
            self._forget_ranges(batch)
        if memo and rerun.allows_memo(self.key):
            flags |= MEMO
        if calls is not None:
            flags = calls.write(batch, flags)
        encoded = None if plan.reported else self._entries
        if encoded is None:
            if plan.unchanged and self.data is not None and not self.flags & MAY_BE_MISSING:
                encoded = record.encoded_entries_of(self.data)
            else:
                flags, encoded = self._place(batch, flags, plan, plan.changes_after())
        self._write(batch, flags & ~MAY_BE_MISSING, encoded)

    def write_memo(self, batch: Batch, rerun: Rerun, where: Component) -> None:
        """Write that the component can be skipped from now on, with its memo states."""
        data = batch.get(self.key)
        if data is None or not rerun.allows_memo(self.key):
            return
        header, stored = record.header_of(data, where), record.head_of(data, where)
        head = Head(stored.name, self.states, self.result, stored.path)
        flags, rest = header.flags | MEMO, record.encoded_entries_of(data)
        batch.put(self.key, record.encode(flags, header.id, self.arg_key, self.deps, head, rest))

    def expect_children(self, batch: Batch) -> None:
        """Create the record if needed, and mark that there are children and that it must run again if this is
        interrupted."""
        self.announced = True
        data = batch.get(self.key)
        if not self.flags & CHILDREN:
            batch.put(INDEX + self.id, self.key)
        added = CHILDREN | LIVE if self.live else CHILDREN
        if data is None:
            batch.put(self.key, record.encode(added, self.id, NO_HASH, NO_DEPS, self._plain_head()))
        else:
            batch.put(self.key, record.with_flags(data, (data[1] | added) & ~MEMO))
        self.flags |= added

    def _forget_ranges(self, batch: Batch) -> None:
        """Delete the data of live ranges that no longer exist; their children are about to be removed."""
        kept = tuple(committed_prefix(self.id, prefix) for prefix in self.ranges)
        for key in batch.scan_stored_keys(COMMITTED + self.id):
            if not key.startswith(kept):
                batch.delete(key)

    def _place(
        self, batch: Batch, flags: int, plan: Plan, changes: dict[stored_states.StateId, record.Stored | None]
    ) -> tuple[int, bytes]:
        return stored_states.place(batch, self.id, flags, plan.kept, changes)

    def _write(self, batch: Batch, flags: int, encoded: bytes) -> None:
        """Write the record. A short one has the same size before and after the actions, which avoids page splits."""
        head = self._head
        if head is None:
            head = self._head = self._full_head()
        if flags & MEMO or len(head) < _SHORT:
            data = record.encode(flags, self.id, self.arg_key, self.deps, head, encoded)
        else:
            data = record.encode(flags, self.id, NO_HASH, NO_DEPS, self._plain_head(), encoded)
        self.flags = flags
        if data != self.data:
            batch.put(self.key, data)
            self.data = data

    def _full_head(self) -> bytes:
        if self.states is None and self.result is None:
            return self._plain_head()
        name = self._facts.name_id(self._name)
        return record.encode_head(Head(name, self.states, self.result, self._long_path()))

    def _plain_head(self) -> bytes:
        name, path = self._facts.name_id(self._name), self._long_path()
        return record.plain_head(name) if path is None else record.encode_head(Head(name, path=path))

    def _long_path(self) -> bytes | None:
        """Return the encoded path if the record's key does not contain all of it."""
        return self._path if is_bounded(self._path) else None
