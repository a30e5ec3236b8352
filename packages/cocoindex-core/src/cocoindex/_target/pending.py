"""Type-level marks: whether a target's container is applied yet (resolved) or not (pending). Layer: _target."""

from __future__ import annotations

from typing import Generic, TypeVar


class ResolvedS:
    """Type marker: the target's container is applied, so its children may be declared."""


class PendingS:
    """Type marker: the target's container is declared but not applied yet."""


ResolvedT_co = TypeVar("ResolvedT_co", covariant=True)


class ResolvesTo(Generic[ResolvedT_co]):
    """Base class of pending targets, which `mount_target` and similar functions turn into a `ResolvedT`."""

    __slots__ = ()
