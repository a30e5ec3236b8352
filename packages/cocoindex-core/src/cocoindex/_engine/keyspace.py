"""The layout of an app's space in the store. Layer: _engine.

The first byte of a key is its kind. Ids are 8 bytes, big-endian, and never reused:

    M name                      facts about the app: next id, a drop or full reprocess that is under way, growth of sets
                                of dependencies
    C parent id + path          a component's record, so that all children of a parent are one range
    I component id              where the record of a component lies that may have children
    S component id + identity   one target state of a component that has too many for its record
    F component id + memo key   a memoized call of a component; with a hash and `s`, a state that it keeps
    O identity                  the component that owns a target state; its identity is its provider's id and its key
    K identity + component id   another component that declares a target state, too
    L component id + hash + key what a live range of a component has stored of its source; the hash is of its prefix
    Q hash of an identity       the target state that stands for a thing of which its handler says what it really is
    P provider id + key         the id of the provider of what lies below a target state
    G provider id               the generation of a provider
    D hash                      an interned set of dependencies
    R id                        the components that a transaction of a full reprocess which is under way has applied
    N name id                   the name of a component's function
"""

from __future__ import annotations

from functools import lru_cache

from .._values import hash16

META, CHILD, INDEX, STATE, CALL, OWNER, CLAIM = b"M", b"C", b"I", b"S", b"F", b"O", b"K"
PHYSICAL, COMMITTED, DONE = b"Q", b"L", b"R"
LIVE_STATUS = META + b"live"
"""How the last live update was, while it has not ended in order."""
PROVIDER, GENERATION, DEPS, NAME = b"P", b"G", b"D", b"N"

NO_PARENT = bytes(8)
ROOT_RECORD = CHILD + NO_PARENT

LONGEST = 400
PREFIX = 376
"""So many bytes of a longer key are kept as they are."""


def bounded(encoded: bytes) -> bytes:
    """Return an encoded key as part of a store key. LMDB allows 511 bytes: a longer key becomes a prefix and a hash."""
    if len(encoded) <= LONGEST:
        return encoded
    return encoded[:PREFIX] + b"\xff" + hash16(encoded) + hash16(b"\0" + encoded)[:8]


def is_bounded(encoded: bytes) -> bool:
    """Return whether `bounded` changes the key, so that the whole key must be kept in the record."""
    return len(encoded) > LONGEST


def owner_key(provider: int, encoded: bytes) -> bytes:
    """Return the identity of a target state as the key of its owner row; the engine calls it a `StateId`."""
    return owner_prefix(provider) + bounded(encoded)


def committed_prefix(component: bytes, prefix: bytes) -> bytes:
    """Return the prefix of the keys that a component's live range (of the children with this path prefix) has
    stored."""
    return COMMITTED + component + hash16(prefix)[:8]


def committed_key(component: bytes, prefix: bytes, key: str) -> bytes:
    """Return the store key under which a component's live range (of the children with this path prefix) keeps `key`."""
    return committed_prefix(component, prefix) + bounded(key.encode("utf-8", "surrogatepass"))


@lru_cache(1024)
def owner_prefix(provider: int) -> bytes:
    """Return the prefix of the identities of a provider's target states."""
    return OWNER + provider.to_bytes(8, "big")


def provider_key(provider: int, encoded: bytes) -> bytes:
    return PROVIDER + provider.to_bytes(8, "big") + bounded(encoded)


def generation_key(provider: int) -> bytes:
    return GENERATION + provider.to_bytes(8, "big")


def state_key(component: bytes, state_id: bytes) -> bytes:
    """Return the key of a component's row for the target state whose owner key is `state_id`."""
    return STATE + component + state_id[1:]


def claim_key(state_id: bytes, component: bytes) -> bytes:
    """Return the key of the claim of a component that declares a target state owned by another one."""
    return CLAIM + state_id[1:] + component
