"""Garbage collection of dependency sets that nothing refers to, once there may be many. Layer: _engine.

A set is written when a result gets new dependencies. The old set stays, because other results may refer to it. Finding
unreferenced sets means reading all records. That is done when the sets added since the last collection are larger than
what that left, or than a share of what it had to read.

In a live run, components run meanwhile: their dependencies are interned and not yet written. So a set is deleted only
if two scans did not find it, nobody interned it in between, and everything that ran during the first scan has ended
by the second. If a set is deleted although a very long-running component needs it, that component runs once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from .._function.stored_call import decode_call
from .._runtime.left import cancelled
from .._store import pages
from ..errors import StoreError
from . import record
from .batch import Batch
from .deps import Deps
from .keyspace import CALL, CHILD, DEPS
from .record import NO_DEPS

if TYPE_CHECKING:
    from .._store.interface import AppStore
    from .deps import DepsTable
    from .facts import Facts
    from .run import Run

_CHUNK = 64
_READ_PER_BYTE = 8
_DELETED_AT_ONCE = 4096
_PATIENCE = 4
"""So often what is under way is waited for."""


def collect_deps(store: AppStore, facts: Facts, deps: DepsTable, batch: Batch) -> None:
    """Delete the sets that nothing refers to.

    Call it at the end of an update, when all changes are in the store.
    """
    roots, read = _roots(store)
    used = {DEPS + key for key, _ in deps.reachable(roots)}
    left = 0
    for key, data in pages.rows(store, DEPS, chunk=_CHUNK):
        read += len(data)
        if key in used:
            left += len(data)
        else:
            batch.delete(key)
    facts.deps_collected(batch, limit=max(left, read // _READ_PER_BYTE))


class DepsCollector:
    """Collects from time to time in a live run, in slices that leave time to the event loop."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._looking: asyncio.Task[None] | None = None
        self._under_way: set[object] = set()
        self._patience = _PATIENCE

    def look(self) -> None:
        """Start a collection unless one is running."""
        if self._looking is None and not self._run.stopping:
            self._looking = self._run.spawn(self._look())

    async def end(self) -> None:
        """Start nothing more, and wait for a running collection."""
        if self._looking is not None:
            await cancelled([self._looking])

    async def _look(self) -> None:
        try:
            await self._collect()
        except StoreError:  # the update ends with it
            pass
        finally:
            self._looking = None

    async def _collect(self) -> None:
        run = self._run
        run.facts.deps_looked_for()
        read, used = await self._used()
        unused: set[bytes] = set()
        left = 0
        for n, (key, data) in enumerate(pages.rows(run.store, DEPS, chunk=_CHUNK)):
            read += len(data)
            if key[1:] in used:
                left += len(data)
            else:
                unused.add(key[1:])
            if n % _CHUNK == 0:
                await asyncio.sleep(0)
        if self._may_delete():
            deleted = run.deps.take_unused(unused)
            await self._delete(list(deleted))
            unused -= deleted
            self._patience = _PATIENCE
            self._under_way = {one for member in run.roll for one in member.under_way()}
            run.deps.doubt(unused)
        batch = Batch(run.store)
        run.facts.deps_limited(batch, limit=max(left, read // _READ_PER_BYTE))
        batch.commit()

    def _may_delete(self) -> bool:
        """Return whether everything that ran during the last scan has ended."""
        self._patience -= 1
        return self._patience <= 0 or not any(
            one in self._under_way for member in self._run.roll for one in member.under_way()
        )

    async def _delete(self, keys: list[bytes]) -> None:
        run = self._run
        for at in range(0, len(keys), _DELETED_AT_ONCE):
            batch = Batch(run.store)
            for key in keys[at : at + _DELETED_AT_ONCE]:
                batch.delete(DEPS + key)
            run.facts.write(batch)  # what was interned again in the meantime is put back
            batch.commit()
            await asyncio.sleep(0)
        run.deps.deleted()

    async def _used(self) -> tuple[int, set[bytes]]:
        """Return the number of bytes read, and the sets that records and calls refer to, including nested sets."""
        waiting: list[bytes] = []
        used: set[bytes] = set()
        read = 0
        for n, (size, keys) in enumerate(_references(self._run.store)):
            read += size
            waiting += keys - used
            used |= keys
            if n % _CHUNK == 0:
                await asyncio.sleep(0)
        turns = 0
        while waiting:
            nested = self._nested(waiting.pop())
            waiting += nested - used
            used |= nested
            turns += 1
            if turns % _CHUNK == 0:
                await asyncio.sleep(0)
        return read, used

    def _nested(self, key: bytes) -> frozenset[bytes]:
        data = self._run.facts.get(DEPS + key)
        try:
            return frozenset() if data is None else _decode_nested(data).nested
        except msgspec.MsgspecError:
            return frozenset()


_decode_nested = msgspec.msgpack.Decoder(Deps).decode


def _references(store: AppStore) -> Iterator[tuple[int, set[bytes]]]:
    """Yield the size in bytes of each record and memoized call, and the sets it refers to."""
    for _, data in pages.rows(store, CHILD, chunk=_CHUNK):
        found = {record.deps_of(data)} if record.is_readable(data) else set()
        yield len(data), found - {NO_DEPS}
    for key, data in pages.rows(store, CALL, chunk=_CHUNK):
        yield len(data), _of_call(key, data) - {NO_DEPS}


def _roots(store: AppStore) -> tuple[set[bytes], int]:
    """Return the sets that records and memoized calls refer to, and the size of these in bytes."""
    roots: set[bytes] = set()
    size = 0
    for bytes_, keys in _references(store):
        size += bytes_
        roots |= keys
    return roots, size


def _of_call(key: bytes, data: bytes) -> set[bytes]:
    if key.endswith(b"s") and len(key) == 26:
        return set()
    try:
        return {decode_call(data).deps}
    except msgspec.MsgspecError:
        return set()
