"""Type-level marks: whether a target's container is applied yet (resolved) or not (pending). Layer: _target."""

from __future__ import annotations

from typing import Generic, TypeVar


class ResolvedS:
    """Mark of a target whose container is applied: its children may be declared."""


class PendingS:
    """Mark of a target whose container is declared but not applied yet."""


ResolvedT_co = TypeVar("ResolvedT_co", covariant=True)


class ResolvesTo(Generic[ResolvedT_co]):
    """Base of pending targets: `mount_target` and friends turn it into a `ResolvedT`."""

    __slots__ = ()
