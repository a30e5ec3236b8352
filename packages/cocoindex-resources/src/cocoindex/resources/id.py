"""Ids that stay the same from run to run: they are derived, not random.

Resources layer. An id is a hash of the component's path, `dep`, and the number of earlier requests for the same `dep`.
It stays the same after a full reprocess or the loss of the store, and differs from the ids of all other components.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from typing import Final

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_object
from cocoindex.errors import NoComponentError

__all__ = ["IdGenerator", "StableUuid", "UuidGenerator", "generate_id", "generate_uuid"]

_NAMESPACE: Final = uuid.UUID("6f1c9a52-7a0b-5d0e-9b3c-2f6d1f0a7c41")
_LARGEST_ID: Final = 2**63 - 1  # the maximum of a signed 64-bit column


class StableUuid(uuid.UUID):
    """A UUID that can also be awaited, which returns the plain `uuid.UUID`."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, uuid.UUID]:
        return uuid.UUID(int=self.int)
        yield


async def generate_id(dep: object = None) -> int:
    """Return the id of `dep` in this component, the same in every call and every run.

    Ids are pseudo-random numbers from 1 to 2**63 - 1: the probability of a collision among a million ids is one in
    18 million.

    Args:
        dep: any valid argument of a memoized function.

    Raises:
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return _as_id(_derive("id", b"", bytes(fingerprint_object(dep)), 0))


def generate_uuid(dep: object = None) -> StableUuid:
    """Return the UUID of `dep` in this component, the same in every call and every run. The result can be awaited.

    Outside a component, the UUID depends only on `dep`, and differs from those of all components.
    """
    return _as_uuid(_derive("uuid", b"", bytes(fingerprint_object(dep)), 0))


class _Sequence(coco.NotMemoKeyable):
    """Counts the requests for each `dep`, and derives a different value each time."""

    __slots__ = ("_asked", "_deps")
    _kind: str

    def __init__(self, deps: object = None) -> None:
        self._deps = bytes(fingerprint_object(deps))
        self._asked: dict[bytes, int] = {}

    def _next(self, dep: object) -> bytes:
        wanted = bytes(fingerprint_object(dep))
        ordinal = self._asked.get(wanted, 0) + 1
        digest = _derive(self._kind, self._deps, wanted, ordinal)
        self._asked[wanted] = ordinal
        return digest


class IdGenerator(_Sequence):
    """Generates ids that differ between calls, also for the same `dep`, in a sequence that is stable across runs.

    Ids depend on `dep`, not on the order of different `dep`s: if one of many texts changes, the ids of the others stay.
    If a text occurs several times, its first occurrence gets the first id of that text, and so on.

    Args:
        deps: distinguishes the generators of one component; two with equal `deps` return the same ids.
    """

    __slots__ = ()
    _kind = "id"

    async def next_id(self, dep: object = None) -> int:
        """Return the next id for `dep`; see `generate_id`.

        Raises:
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        return _as_id(self._next(dep))


class UuidGenerator(_Sequence):
    """Generates UUIDs that differ between calls; see `IdGenerator`. Also works outside a component."""

    __slots__ = ()
    _kind = "uuid"

    def next_uuid(self, dep: object = None) -> StableUuid:
        """Return the next UUID for `dep`. The result can be awaited."""
        return _as_uuid(self._next(dep))


def _derive(kind: str, deps: bytes, dep: bytes, ordinal: int) -> bytes:
    try:
        component = coco.get_component_context().__coco_memo_key__()
    except NoComponentError:
        if kind != "uuid":  # a number needs a component, only a UUID can do without
            raise
        component = None
    return bytes(fingerprint_object((kind, component, deps, dep, ordinal)))


def _as_id(digest: bytes) -> int:
    return int.from_bytes(digest, "big") % _LARGEST_ID + 1


def _as_uuid(digest: bytes) -> StableUuid:
    return StableUuid(int=uuid.uuid5(_NAMESPACE, digest.hex()).int)
