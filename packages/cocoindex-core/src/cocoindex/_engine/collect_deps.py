"""Deletes the sets of dependencies that nothing refers to, once they may have become many. Layer: _engine.

A set is written when a result depends on something else than before; the one that stood for what it depended on before
stays, as others may refer to it. To find those that nobody refers to costs a look at all records, which is done when
what was added since the last time exceeds what was left then, or a share of what had to be read for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .._function.stored_call import decode_call
from .._store import pages
from . import record
from .keyspace import CALL, CHILD, DEPS
from .record import NO_DEPS

if TYPE_CHECKING:
    from .._store import AppStore
    from .batch import Batch
    from .deps import DepsTable
    from .facts import Facts

_CHUNK = 64
_READ_PER_BYTE = 8


def collect_deps(store: AppStore, facts: Facts, deps: DepsTable, batch: Batch) -> None:
    """Delete the sets that nothing refers to.

    To be called at the end of an update, when all that it changes is in the store.
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


def _roots(store: AppStore) -> tuple[set[bytes], int]:
    """The sets that records and memoized calls refer to, and how many bytes these have."""
    roots: set[bytes] = set()
    size = 0
    for _, data in pages.rows(store, CHILD, chunk=_CHUNK):
        size += len(data)
        if record.is_readable(data):
            roots.add(record.deps_of(data))
    for key, data in pages.rows(store, CALL, chunk=_CHUNK):
        size += len(data)
        roots |= _of_call(key, data)
    roots.discard(NO_DEPS)
    return roots, size


def _of_call(key: bytes, data: bytes) -> set[bytes]:
    if key.endswith(b"s") and len(key) == 26:
        return set()
    try:
        return {decode_call(data).deps}
    except msgspec.MsgspecError:
        return set()
