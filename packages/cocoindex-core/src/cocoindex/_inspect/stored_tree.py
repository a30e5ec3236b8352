"""The components of one app as the store has them, in the order of their paths. Layer: _inspect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from .._engine import record
from .._engine.keyspace import CHILD, ROOT_RECORD, bounded
from .._keys import ROOT_PATH, StableKey, StablePath, encode_parts
from .._store import AppStore

_CHUNK = 1024
# Every store key begins with this much of the encoded path, whether that is kept whole or not.
_CERTAIN = 376


class StoredNode(NamedTuple):
    """What is at a path: the record of a component, or nothing but the paths below it.

    Attributes:
        path: where it is.
        key: the store key of the record; empty for a directory.
        data: the record; empty for a directory.
    """

    path: StablePath
    key: bytes = b""
    data: bytes = b""


class StoredTree:
    """Reads the tree of one app, no more of it at once than is being looked at."""

    def __init__(self, store: AppStore) -> None:
        self._store = store

    def subtree(self, path: StablePath = ROOT_PATH) -> Iterator[StoredNode]:
        """Return what is at `path`, if anything, and all that is below it, a parent before what is below."""
        last, started = path, False
        for node in self._components(path):
            if not started and node.path != path:
                yield StoredNode(path)
            for directory in _between(last, node.path):
                yield StoredNode(directory)
            yield node
            last, started = node.path, True

    def around(self, path: StablePath, children: bool, recursive: bool, parents: bool) -> Iterator[StoredNode]:
        """Return what is at `path`, after what is above it and before what is below it, as far as that is asked for.

        Where nothing is stored at `path`, it is a directory.
        """
        parts = path.parts()
        for size in range(len(parts) if parents else 0):
            yield from islice(self.subtree(StablePath.from_parts(parts[:size])), 1)
        below = self.subtree(path)
        yield next(below, StoredNode(path))
        if recursive:
            yield from below
        elif children:
            yield from (node for node in below if len(node.path.parts()) == len(parts) + 1)

    def _components(self, top: StablePath) -> Iterator[StoredNode]:
        """The component at `top`, then those below it, whichever component above mounted them."""
        owners = list(self._owners(top))
        yield from (node for node in owners if node.path == top)
        # The nearest first: what a component mounted itself comes before what others mounted below its path.
        for owner in reversed(owners):
            yield from self._below(owner, top)

    def _owners(self, path: StablePath) -> Iterator[StoredNode]:
        """The components at `path` and above it, from the root down."""
        parts = path.parts()
        data = self._store.get(ROOT_RECORD)
        waiting = [] if data is None else [(StoredNode(ROOT_PATH, ROOT_RECORD, data), parts)]
        while waiting:
            node, rest = waiting.pop(0)
            yield node
            ident = record.header_of(node.data, node.path).id
            for size in range(1, len(rest) + 1):
                key = CHILD + ident + bounded(encode_parts(rest[:size]))
                data = self._store.get(key)
                if data is not None:
                    waiting.append((StoredNode(_joined(node.path, rest[:size]), key, data), rest[size:]))

    def _below(self, owner: StoredNode, top: StablePath) -> Iterator[StoredNode]:
        """The components that `owner` mounted below `top`, each with what it mounted itself."""
        header = record.header_of(owner.data, owner.path)
        if not header.flags & record.CHILDREN:
            return
        prefix = CHILD + header.id
        wanted = top.encoded[len(owner.path.encoded) :][:_CERTAIN]
        for key, data in self._rows(prefix + wanted):
            whole = record.head_of(data, owner.path).path
            path = StablePath.from_encoded(owner.path.encoded + (key[len(prefix) :] if whole is None else whole))
            if path != top and path.encoded.startswith(top.encoded):
                node = StoredNode(path, key, data)
                yield node
                yield from self._below(node, path)

    def _rows(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        after: bytes | None = None
        while rows := self._store.scan(prefix, after=after, limit=_CHUNK):
            yield from rows
            after = rows[-1][0]


def _joined(path: StablePath, parts: list[StableKey]) -> StablePath:
    return StablePath.from_encoded(path.encoded + encode_parts(parts))


def _between(last: StablePath, path: StablePath) -> Iterator[StablePath]:
    """The paths above `path` that are not above, or at, `last` as well."""
    parts = path.parts()
    for size in range(1, len(parts)):
        above = StablePath.from_parts(parts[:size])
        if not last.encoded.startswith(above.encoded):
            yield above
