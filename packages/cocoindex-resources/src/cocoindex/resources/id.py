"""Ids that stay the same from run to run, because they are derived and never drawn.

Resources layer. An id is a hash of the component's path, of what it is for, and of how often that was asked for; so it
survives a full reprocess and a lost store, and no other component of the app derives the same.
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
_LARGEST_ID: Final = 2**63 - 1  # what a signed 64-bit column holds


class StableUuid(uuid.UUID):
    """A UUID that may be awaited, which gives the plain `uuid.UUID`: both ways of calling are in use."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, uuid.UUID]:
        return uuid.UUID(int=self.int)
        yield


async def generate_id(dep: object = None) -> int:
    """Return the id of `dep` in this component: the same for each call and each run.

    Ids lie between 1 and 2**63 - 1 and look random: among a million of them, two are the same with a probability of
    one in 18 million.

    Args:
        dep: anything that may be an argument of a memoized function.

    Raises:
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return _as_id(_derive("id", b"", bytes(fingerprint_object(dep)), 0))


def generate_uuid(dep: object = None) -> StableUuid:
    """Return the UUID of `dep` in this component: the same for each call and each run. May be awaited.

    Outside a component it is that of `dep` alone, which no component has.
    """
    return _as_uuid(_derive("uuid", b"", bytes(fingerprint_object(dep)), 0))


class _Sequence(coco.NotMemoKeyable):
    """Counts how often each `dep` was asked for, and derives something else each time."""

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
    """Generates ids that differ from call to call, also for the same `dep`, in a sequence that is stable across runs.

    Ids depend on what is asked for, not on the order of different `dep`s: where one text of many changes, the ids of
    the others stay. For texts that occur more than once, the first occurrence has the first id of that text, and so on.

    Args:
        deps: tells the generators of one component apart; two with the same `deps` give the same ids.
    """

    __slots__ = ()
    _kind = "id"

    async def next_id(self, dep: object = None) -> int:
        """Return the next id for `dep`, as `generate_id` describes them.

        Raises:
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        return _as_id(self._next(dep))


class UuidGenerator(_Sequence):
    """Generates UUIDs that differ from call to call; see `IdGenerator`. It works outside a component, too."""

    __slots__ = ()
    _kind = "uuid"

    def next_uuid(self, dep: object = None) -> StableUuid:
        """Return the next UUID for `dep`. May be awaited."""
        return _as_uuid(self._next(dep))


def _derive(kind: str, deps: bytes, dep: bytes, ordinal: int) -> bytes:
    try:
        component = coco.get_component_context().__coco_memo_key__()
    except NoComponentError:
        if kind != "uuid":  # a number is an id within its component only
            raise
        component = None
    return bytes(fingerprint_object((kind, component, deps, dep, ordinal)))


def _as_id(digest: bytes) -> int:
    return int.from_bytes(digest, "big") % _LARGEST_ID + 1


def _as_uuid(digest: bytes) -> StableUuid:
    return StableUuid(int=uuid.uuid5(_NAMESPACE, digest.hex()).int)
