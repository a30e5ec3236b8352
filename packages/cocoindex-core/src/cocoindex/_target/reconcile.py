"""Calls a handler for one target state; pure. Layer: _target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from .._values import StoredType, fingerprint, serialize, stored_type, tracking_record_hint
from ..errors import DeserializationError, MemoKeyError, SerializationError, TargetHandlerError
from .handler import SettledRecords, TargetReconcileOutput
from .sink import TargetActionSink

if TYPE_CHECKING:
    from .state import TargetState, TargetStateProvider

Output = TargetReconcileOutput[Any, Any]

INVALIDATIONS = (None, "destructive", "lossy")
"""What an action may do to what is in a container."""

_SCALARS = frozenset({type(None), bool, int, float, str, bytes})


def reconcile(
    provider: TargetStateProvider[Any, Any, Any],
    key: Any,
    desired: Any,
    records: list[bytes],
    may_be_missing: bool,
    settled: bool = False,
) -> Output | None:
    """Return the handler's output for the target state under `key`; None for no action.

    Args:
        desired: the declared value, or `NON_EXISTENCE`.
        records: the possible tracking records, serialized.
        may_be_missing: whether the target state may be missing.
        settled: whether `may_be_missing` is set only to apply it again.

    Raises:
        TargetHandlerError: the handler broke its contract.
    """
    handler = provider._resolved_handler or provider.handler()
    previous = _decoded(provider, handler, key, records) if records else []
    if settled:
        previous = SettledRecords(previous)
    output: Any = handler.reconcile(key, desired, previous, may_be_missing)
    if output is None or (type(output) is TargetReconcileOutput and type(output.sink) is TargetActionSink):
        return output
    return _checked(output, handler, provider, key)


def encode_record(record: Any, state: TargetState[Any]) -> bytes:
    """Return the tracking record of a target state, serialized.

    Raises:
        SerializationError: it cannot be serialized.
    """
    provider = state.provider
    try:
        return (provider._record_type or _record_type(provider)).write(record)
    except SerializationError as error:
        raise error.of(f"the tracking record of the target state {state.path}") from error


def is_tracked(value: Any, records: list[bytes]) -> bool:
    """Return whether `value` is plain data with the fingerprint of all tracking records, so that there is nothing to
    do."""
    try:
        if not _is_plain(value):
            return False
        record = serialize(fingerprint(value))
    except (RecursionError, MemoKeyError):  # very deeply nested: left to the handler
        return False
    return all(each == record for each in records)


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        return all(type(key) is str and _is_plain(each) for key, each in value.items())
    return kind in _SCALARS or (kind in (list, tuple) and all(map(_is_plain, value)))


def _checked(output: Any, handler: Any, provider: TargetStateProvider[Any, Any, Any], key: Any) -> Output:
    if not isinstance(output, TargetReconcileOutput):
        raise TargetHandlerError(
            f"reconcile() of {type(handler).__name__} returned {shown(output)} for the target state "
            f"{provider.path / key}; "
            "it has to return a coco.TargetReconcileOutput or None"
        )
    if not isinstance(output.sink, TargetActionSink):
        raise TargetHandlerError(
            f"reconcile() of {type(handler).__name__} gave {shown(output.sink)} as the sink for {provider.path / key}; "
            "build one with coco.TargetActionSink.from_fn() or from_async_fn()"
        )
    return output


def _record_type(provider: TargetStateProvider[Any, Any, Any]) -> StoredType:
    """Return how the tracking records of a provider's handler are serialized; looked up once."""
    found = provider._record_type = stored_type(tracking_record_hint(provider._resolved_handler), evolves=True)
    return found


def _decoded(provider: TargetStateProvider[Any, Any, Any], handler: Any, key: Any, records: list[bytes]) -> list[Any]:
    try:
        stored = provider._record_type or _record_type(provider)
        return [stored.read(data) for data in records]
    except DeserializationError as exc:
        raise TargetHandlerError(
            f"a stored tracking record of {provider.path / key} cannot be read ({exc}); "
            f"annotate prev_possible_records of {type(handler).__name__}.reconcile() with Collection[YourRecord], and "
            "keep the type able to read what earlier versions wrote"
        ) from exc
