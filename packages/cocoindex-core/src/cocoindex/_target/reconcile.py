"""Asks a handler what to do for one target state; pure. Layer: _target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values import NON_EXISTENCE, is_non_existence, make_deserializer, serialize, tracking_record_hint
from ..errors import DeserializationError, TargetHandlerError
from .handler import TargetReconcileOutput
from .sink import TargetActionSink

if TYPE_CHECKING:
    from .state import TargetStateProvider


class Outcome:
    """What a handler wants done.

    Attributes:
        action, sink: what to apply, and how.
        record: the tracking record to keep, serialized; None where the target state is then gone.
        invalidation: what the action does to the children of a container.
    """

    __slots__ = ("action", "invalidation", "record", "sink")

    def __init__(self, output: TargetReconcileOutput[Any, Any]) -> None:
        self.action = output.action
        self.sink: TargetActionSink[Any] = output.sink
        self.record = None if is_non_existence(output.tracking_record) else serialize(output.tracking_record)
        self.invalidation = output.child_invalidation


def reconcile(
    provider: TargetStateProvider[Any, Any, Any],
    key: Any,
    desired: Any,
    records: list[bytes],
    may_be_missing: bool,
) -> Outcome | None:
    """What to do for the target state under `key`; None for nothing.

    Args:
        desired: the declared value, or `NON_EXISTENCE`.
        records: the serialized tracking records of which one may be what the target holds.
        may_be_missing: whether it may hold nothing.

    Raises:
        TargetHandlerError: the handler broke its contract.
    """
    handler = provider.handler()
    output = handler.reconcile(key, desired, _decoded(provider, handler, key, records), may_be_missing)
    if output is None:
        return None
    if not isinstance(output, TargetReconcileOutput):
        raise TargetHandlerError(
            f"reconcile() of {type(handler).__name__} returned {output!r} for the target state {provider.path / key}; "
            "it has to return a coco.TargetReconcileOutput or None"
        )
    if not isinstance(output.sink, TargetActionSink):
        raise TargetHandlerError(
            f"reconcile() of {type(handler).__name__} gave {output.sink!r} as the sink for {provider.path / key}; "
            "build one with coco.TargetActionSink.from_fn() or from_async_fn()"
        )
    return Outcome(output)


def removal(
    provider: TargetStateProvider[Any, Any, Any], key: Any, records: list[bytes], missing: bool
) -> Outcome | None:
    """What to do so that nothing is left under `key`."""
    return reconcile(provider, key, NON_EXISTENCE, records, missing)


def _decoded(provider: TargetStateProvider[Any, Any, Any], handler: Any, key: Any, records: list[bytes]) -> list[Any]:
    if not records:
        return []
    read = provider.read_record
    try:
        if read is None:
            read = provider.read_record = make_deserializer(tracking_record_hint(handler))
        return [read(data) for data in records]
    except DeserializationError as exc:
        raise TargetHandlerError(
            f"a stored tracking record of {provider.path / key} cannot be read ({exc}); "
            f"annotate prev_possible_records of {type(handler).__name__}.reconcile() with Collection[YourRecord], and "
            "keep the type able to read what earlier versions wrote"
        ) from exc
