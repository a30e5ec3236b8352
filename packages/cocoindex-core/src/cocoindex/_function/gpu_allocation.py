"""The GPUs allocated to the running call, in this process or in a subprocess. Layer: _function."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar

import msgspec

from .._runtime.block import block
from .batches import carry_into_batches


class Allocation(msgspec.Struct, frozen=True):
    """The GPUs of a call, and its share of them."""

    gpus: tuple[int, ...]
    fraction: float


_held: ContextVar[Allocation | None] = ContextVar("cocoindex_gpu", default=None)


# A call's GPUs are also for the batches that it waits for, which otherwise would wait for ever for them.
carry_into_batches(_held)


@block
def holding(allocation: Allocation) -> Iterator[None]:
    """Run the block with this allocation."""
    token = _held.set(allocation)
    try:
        yield
    finally:
        _held.reset(token)


def held() -> Allocation | None:
    """Return the allocation of the running call; None outside a call with a GPU runner."""
    return _held.get()


def current_gpu() -> int | None:
    """Return the number of the current call's GPU; None outside a call with a GPU runner."""
    held = _held.get()
    return held.gpus[0] if held is not None else None


def current_gpus() -> list[int]:
    """Return the numbers of the current call's GPUs."""
    held = _held.get()
    return list(held.gpus) if held is not None else []


def current_gpu_fraction() -> float | None:
    """Return the current call's share of its GPU; None outside a call with a GPU runner."""
    held = _held.get()
    return held.fraction if held is not None else None
