"""Which GPUs the running call has, in this process or in a subprocess. Layer: _function."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar

import msgspec

from .._runtime.block import block
from .batches import carry_into_batches


class Allocation(msgspec.Struct, frozen=True):
    """What a call has of which GPUs."""

    gpus: tuple[int, ...]
    fraction: float


_held: ContextVar[Allocation | None] = ContextVar("cocoindex_gpu", default=None)


# What a call has is for the batches that it waits for, too: they would wait for ever for what it holds.
carry_into_batches(_held)


@block
def holding(allocation: Allocation) -> Iterator[None]:
    """Have the block run on what `allocation` says."""
    token = _held.set(allocation)
    try:
        yield
    finally:
        _held.reset(token)


def held() -> Allocation | None:
    """What the running call has; None outside a call with a GPU runner."""
    return _held.get()


def current_gpu() -> int | None:
    """The number of the current call's GPU; None outside a call with a GPU runner."""
    held = _held.get()
    return held.gpus[0] if held is not None else None


def current_gpus() -> list[int]:
    """The numbers of the current call's GPUs."""
    held = _held.get()
    return list(held.gpus) if held is not None else []


def current_gpu_fraction() -> float | None:
    """The current call's share of its GPU; None outside a call with a GPU runner."""
    held = _held.get()
    return held.fraction if held is not None else None
