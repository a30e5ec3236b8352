"""The components of one app as the store has them, in the order of their paths. Layer: _inspect.

Trees may be thousands of components deep: nothing here calls itself, and what it costs to go to a component does not
grow with what is above it, but for the length of its path.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from .._engine import record
from .._engine.keyspace import CHILD, ROOT_RECORD, bounded
from .._keys import ROOT_PATH, StablePath, decode_parts, encode_key
from .._store import pages
from .._store.interface import AppStore
from ..errors import RecordError

# Every store key begins with this much of the encoded path, whether that is kept whole or not.
_CERTAIN = 376


class StoredNode(NamedTuple):
    """What is at a path: the record of a component, or nothing but the paths below it.

    Attributes:
        path: where it is.
        key: the store key of the record; empty for a directory.
        data: the record; empty for a directory.
        above: how many bytes of the encoded path are those of the component that mounted it.
    """

    path: StablePath
    key: bytes = b""
    data: bytes = b""
    above: int = 0


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
            for directory in _between(last, node, len(path.encoded)):
                yield StoredNode(directory)
            yield node
            last, started = node.path, True

    def around(self, path: StablePath, children: bool, recursive: bool, parents: bool) -> Iterator[StoredNode]:
        """Return what is at `path`, after what is above it and before what is below it, as far as that is asked for.

        Where nothing is stored at `path`, it is a directory.
        """
        if parents:
            yield from self._above(path)
        below = self.subtree(path)
        yield next(below, StoredNode(path))
        if recursive:
            yield from below
        elif children:
            yield from _topmost(below)

    def _components(self, top: StablePath) -> Iterator[StoredNode]:
        """The component at `top`, then those below it, whichever component above mounted them."""
        owners = list(self._owners(top))
        yield from (node for node in owners if node.path == top)
        # The nearest first: what a component mounted itself comes before what others mounted below its path.
        for owner in reversed(owners):
            yield from self._below(owner, top)

    def _above(self, path: StablePath) -> Iterator[StoredNode]:
        """What is above `path`, from the root down, as far as there is anything."""
        components: dict[bytes, StoredNode] = {}
        for node in self._owners(path):
            components.setdefault(node.path.encoded, node)
        deepest = max(map(len, components), default=-1)
        encoded = b""
        for part in path.parts():
            if encoded in components:
                yield components[encoded]
            elif len(encoded) < deepest:
                yield StoredNode(StablePath.from_encoded(encoded))
            else:
                first = next(self.subtree(StablePath.from_encoded(encoded)), None)
                if first is None:
                    return
                yield first
            encoded += encode_key(part)

    def _owners(self, path: StablePath) -> Iterator[StoredNode]:
        """The components at `path` and above it, from the root down."""
        parts = list(map(encode_key, path.parts()))
        data = self._store.get(ROOT_RECORD)
        waiting = deque([] if data is None else [(StoredNode(ROOT_PATH, ROOT_RECORD, data), 0)])
        met: set[bytes] = set()
        while waiting:
            node, size = waiting.popleft()
            yield node
            for end, key, mounted in self._mounted_towards(_id_once(node, met), parts, size):
                whole = node.path.encoded + b"".join(parts[size:end])
                found = StoredNode(StablePath.from_encoded(whole), key, mounted, len(node.path.encoded))
                waiting.append((found, end))

    def _mounted_towards(self, ident: bytes, parts: list[bytes], size: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Of the children of a component those at or above the path `parts`, whose first `size` lead to itself.

        Yields:
            How many parts lead to the child, the key of its record, and the record.
        """
        prefix, below = CHILD + ident, b""
        for end in range(size + 1, len(parts) + 1):
            below += parts[end - 1]
            if not self._store.scan_keys(prefix + below[:_CERTAIN], limit=1):
                return
            key = prefix + bounded(below)
            data = self._store.get(key)
            if data is not None:
                yield end, key, data

    def _below(self, owner: StoredNode, top: StablePath) -> Iterator[StoredNode]:
        """The components that `owner` mounted below `top`, each with what it mounted itself."""
        met: set[bytes] = set()
        levels = [self._mounted_by(owner, top, met)]
        while levels:
            node = next(levels[-1], None)
            if node is None:
                levels.pop()
                continue
            yield node
            levels.append(self._mounted_by(node, top, met))

    def _mounted_by(self, owner: StoredNode, top: StablePath, met: set[bytes]) -> Iterator[StoredNode]:
        """The components that `owner` itself mounted below `top`."""
        if not record.header_of(owner.data, owner.path).flags & record.CHILDREN:
            return
        prefix = CHILD + _id_once(owner, met)
        above = owner.path.encoded
        wanted = top.encoded[len(above) :][:_CERTAIN]
        for key, data in pages.rows(self._store, prefix + wanted):
            whole = record.head_of(data, owner.path).path
            path = StablePath.from_encoded(above + (key[len(prefix) :] if whole is None else whole))
            if len(path.encoded) > len(top.encoded) and path.encoded.startswith(top.encoded):
                yield StoredNode(path, key, data, len(above))


def _id_once(node: StoredNode, met: set[bytes]) -> bytes:
    """The id of a component whose children are about to be read; in a damaged store, it may be its own ancestor."""
    ident = record.header_of(node.data, node.path).id
    if ident in met:
        raise RecordError(
            f"the stored record of component {node.path} cannot be read (its id {ident.hex()} is that of another"
            " component, too); restore the store from a copy, or drop the app and update it again"
        )
    met.add(ident)
    return ident


def _between(last: StablePath, node: StoredNode, top: int) -> Iterator[StablePath]:
    """The paths above `node` that are not above, or at, `last` as well: none above the component that mounted it.

    Args:
        top: the length of the encoded path below which they are.
    """
    encoded = node.path.encoded
    parts = decode_parts(encoded[node.above :])
    end = node.above
    for part in parts[:-1]:
        end += len(encode_key(part))
        if end > top and not last.encoded.startswith(encoded[:end]):
            yield StablePath.from_encoded(encoded[:end])


def _topmost(nodes: Iterator[StoredNode]) -> Iterator[StoredNode]:
    """Of nodes that are below one path, a parent before what is below it, those that are no deeper than they must."""
    above: bytes | None = None
    for node in nodes:
        if above is None or not node.path.encoded.startswith(above):
            above = node.path.encoded
            yield node
