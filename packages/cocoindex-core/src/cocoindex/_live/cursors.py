"""The stored state of a live range's source, such as its read position, in step with the results of its calls.

Layer: _live.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from .._engine.component import Component
from .._engine.keyspace import CHILD, committed_key, committed_prefix
from .._runtime.log import log
from .._values import deserialize, serialize
from ..errors import DeserializationError, MountTypeError, SerializationError
from .basis import Basis
from .callbacks import Callbacks
from .cursor_write import CursorWrite, completes
from .failed_keys import ROW as FAILED
from .failed_keys import FailedKeys, StoredCalls

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._engine.batch import Batch
    from .._engine.unit import Unit
    from .range import LiveRange


BASIS = b"\xfe"  # no encoded text begins with this byte


class _Checkpoint(NamedTuple):
    """A value to store once all calls up to a number are durable."""

    number: int
    data: bytes


class Cursors:
    """The stored state of one live range.

    A checkpoint is written in the transaction that makes the last call before it durable (or stores its failure), or in
    a later one. At most two checkpoints of a key wait: the oldest, so that one is written even if newer ones arrive
    quickly, and the newest.

    Args:
        anchor: the parent of the range's children.
        prefix: the prefix of their paths.
        where: the name of the range in the log.
        tell: called with failures of callbacks.
        calls: how failed calls are stored; None if they cannot be.
        basis: the basis of the state; the stored state is invalid if it has changed.

    Attributes:
        are_used: whether the loop stores or reads state, so that the dependencies of children count.
    """

    def __init__(
        self,
        anchor: Anchor,
        prefix: bytes,
        range_: LiveRange,
        where: str,
        tell: Callable[[BaseException], Awaitable[object]],
        calls: StoredCalls | None,
        basis: Basis,
    ) -> None:
        self._anchor = anchor
        self._run = run = anchor.run
        self._range = range_
        self._rows = committed_prefix(anchor.record.id, prefix)
        self._prefix = prefix
        self._below = CHILD + anchor.record.id
        self._where = where
        self._waiting: dict[str, list[_Checkpoint]] = {}
        self._callbacks = Callbacks(run, tell, self._give_notice)
        self._open_writes = 0
        self._asked = False
        self._flushing: list[asyncio.Future[None]] = []
        run.committer.before_commit.append(self.write_due)
        if run.is_due(run.store.get(anchor.record.key)) and run.store.scan_keys(self._rows, limit=1):
            self._commit(lambda batch: batch.drop(self._rows))  # what is applied again must be read again, too
        self._calls = calls
        self._failed: FailedKeys | None = None
        if calls is not None:
            self._failed = range_.holds.keeper = FailedKeys(
                where, self._rows, calls.stored, write_soon=self._write_soon, kept=range_.holds.kept
            )

        self._basis = basis
        self._has_stored = self.are_used = False
        self._go_on()

    def _go_on(self) -> None:
        """Continue from the stored state, if it is valid."""
        for key in self._run.store.scan_keys(self._rows, limit=1):
            self._has_stored = key[len(self._rows) :][:1] not in (BASIS, FAILED)
        if self._has_stored:
            self.are_used = True
            data = self._run.store.get(self._rows + BASIS)
            if data is not None and (why := self._basis.go_on_from(data)):
                self.begin_anew(why)

    def ran(self, deps: bytes) -> None:
        """Add the set of dependencies of a child that ran or was skipped."""
        if self.are_used:
            self._basis.add(deps)
        if self._basis.has_grown and self._has_stored:
            self._write_soon()

    def make_failed_again(self) -> None:
        """Repeat the calls that failed in earlier updates, before any other call."""
        if self._calls is None or self._failed is None:
            return
        try:
            for row, call in self._failed.stored(self._run.store):
                self._failed.made_again(*self._calls.make_again(call), row)
        except DeserializationError as error:
            self.begin_anew(str(error))
            self._commit(lambda batch: batch.drop(self._rows + FAILED))

    def begin_anew(self, why: str) -> None:
        """Drop the stored state, so that the source starts at its beginning; failed calls are still repeated."""
        log(
            logging.WARNING,
            f"{self._where} starts its source from the beginning, as its stored position is no longer valid: {why}",
        )

        def forget(batch: Batch) -> None:
            for key in batch.scan_stored_keys(self._rows):
                if not key.startswith(self._rows + FAILED):
                    batch.delete(key)

        self._has_stored = False
        self._commit(forget)

    def close(self) -> None:
        """Close: the range and everything that ran in it has ended."""
        self._run.committer.before_commit.remove(self.write_due)

    async def flushed(self) -> None:
        """Wait until due values are written and due callbacks were called."""
        while self._open_writes or self._callbacks.are_called:
            future = self._run.waits.new()
            self._flushing.append(future)
            await future

    # Called by the loop

    def read(self, key: str) -> Any:
        """Return the value stored for `key`; None if there is none."""
        self.are_used = True
        data = self._run.store.get(self._key(_checked(key)))
        return None if data is None else deserialize(data)

    def write(self, key: str, value: Any) -> None:
        """Store `value` for `key` in a transaction of its own; drop waiting checkpoints of `key`."""
        data = self._encoded(_checked(key), value)
        self._waiting.pop(key, None)

        def put(batch: Batch) -> None:
            self._put(batch, key, data)
            self._write_basis(batch)

        self._commit(put)

    def checkpoint(self, key: str, value: Any) -> None:
        """Store `value` for `key` once every earlier call is durable."""
        checkpoint = _Checkpoint(self._range.number, self._encoded(_checked(key), value))
        waiting = self._waiting.setdefault(key, [])
        del waiting[1:]
        waiting.append(checkpoint)
        if len(waiting) == 1:
            self._range.durable.when_past(checkpoint.number, self._due)

    def durable(self, callback: Callable[[], Any]) -> None:
        """Call and await `callback` once every earlier call is durable; callbacks run one after the other."""
        self._range.durable.when_past(self._range.number, lambda: self._callbacks.call(callback))

    # When it is written

    def write_due(self, batch: Batch, done: list[Unit]) -> None:
        """Write what becomes due with the finished units, in the transaction that makes them durable."""
        self._asked = False
        failed = self._failed if self._failed is not None and self._failed.are_there else None
        if not self._waiting and failed is None:
            if self._has_stored:
                self._write_basis(batch)
            return
        keys = set(self._keys(batch, done))
        closing = self._range.holds.closing(keys)
        if failed is not None:
            closing += self._range.holds.storing(failed.fresh(keys))
            self._anchor.expect_range(batch)
            failed.write(batch, keys)
        for key, waiting in list(self._waiting.items()):
            past = [one for one in waiting if self._is_past(one, closing)]
            if not past:
                continue
            self._put(batch, key, past[-1].data)
            left = waiting[len(past) :]
            if left:
                self._waiting[key] = left
                self._range.durable.when_past(left[0].number, self._due)
            else:
                del self._waiting[key]
        if self._has_stored:
            self._write_basis(batch)

    def _put(self, batch: Batch, key: str, data: bytes) -> None:
        self._has_stored = True
        self._anchor.expect_range(batch)
        batch.put(self._key(key), data)

    def _write_basis(self, batch: Batch) -> None:
        if self._basis.has_grown:
            batch.put(self._rows + BASIS, self._basis.encoded())

    def _keys(self, batch: Batch, done: list[Unit]) -> Iterable[bytes]:
        """Return the keys of the range that become durable with a transaction, and add their dependencies."""
        for unit in done:
            if unit.record_key.startswith(self._below) and completes(unit):
                if self.are_used and isinstance(unit, Component):
                    self._basis.add(unit.record.deps, batch)
                yield unit.record_key[len(self._below) :]

    def _due(self) -> None:
        """Note that a checkpoint is due, unless it was written meanwhile."""
        if any(self._is_past(waiting[0]) for waiting in self._waiting.values()):
            self._write_soon()

    def _write_soon(self) -> None:
        if not (self._run.stopping or self._asked):
            self._asked = True
            self._open_writes += 1
            self._run.committer.add(CursorWrite(self._rows, self.write_due, self._are_written))

    def _are_written(self) -> None:
        """Called when a transaction requested by `_write_soon` is durable."""
        self._open_writes -= 1
        if self._failed is not None:
            self._failed.written()
        self._give_notice()

    def _give_notice(self) -> None:
        if not (self._open_writes or self._callbacks.are_called):
            flushing, self._flushing = self._flushing, []
            for future in flushing:
                if not future.done():
                    future.set_result(None)

    def _commit(self, write: Callable[[Batch], None]) -> None:
        """Commit a transaction of its own, through the committer, whose transactions leave no gap for others."""
        batch = self._run.reading()
        with batch.reading():
            self._anchor.expect_range(batch)
            write(batch)
        self._run.facts.write(batch)
        batch.commit()

    def _is_past(self, checkpoint: _Checkpoint, closing: Iterable[int] = ()) -> bool:
        return self._range.durable.is_past(checkpoint.number, without=closing)

    # Keys and values

    def _key(self, key: str) -> bytes:
        return committed_key(self._anchor.record.id, self._prefix, key)

    def _encoded(self, key: str, value: Any) -> bytes:
        self.are_used = True
        try:
            return serialize(value)
        except SerializationError as error:
            raise error.of(f"the state {key!r} of the live range of component {self._anchor}") from error


def _checked(key: str) -> str:
    if not isinstance(key, str):
        raise MountTypeError(f"the key of a stored state of a live range is a str, not a {type(key).__name__}")
    return key
