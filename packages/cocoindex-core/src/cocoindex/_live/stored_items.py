"""Stores an item of a live map while its child fails, and turns it into a call again. Layer: _live."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from .._engine.keyspace import bounded
from .._function.item_hint import item_hint
from .._keys import decode_parts
from .._values import canonical_bytes, param_hint, stored_type
from ..errors import DeserializationError, MalformedKeyError, SerializationError
from .failed_keys import FailedCall
from .mailbox import REMOVE

if TYPE_CHECKING:
    from .._function.processor import Processor
    from .port import MountWork
    from .view import LiveMapMount


class StoredItems:
    """The items of one live map, as `StoredCalls`; a value is stored as the annotated type of the function's
    parameter."""

    def __init__(self, mount: LiveMapMount) -> None:
        self._mount = mount
        self._hint = _hint_of_value(mount.processor)
        self._type = stored_type(self._hint)

    def stored(self, work: MountWork) -> FailedCall:
        value = work.args[0]
        data = self._type.write(value)
        if self._hint is Any and canonical_bytes(self._type.read(data)) != canonical_bytes(value):
            raise SerializationError(
                f"a value of type {type(value).__qualname__}",
                "",
                "it would change when read again; annotate its type at the parameter of the mounted function",
            )
        return FailedCall(work.key, data)

    def make_again(self, call: FailedCall) -> tuple[bytes, int]:
        mount = self._mount
        if call.value is None:  # its key has the form of store keys
            return call.key, mount.range.make_again(call.key, REMOVE).number
        key = bounded(call.key)
        value = self._type.read(call.value)
        try:
            parts = decode_parts(call.key)
        except MalformedKeyError as error:
            raise DeserializationError(str(error)) from None
        return key, mount.range.make_again(key, mount.work(parts[-1], value)).number


def _hint_of_value(processor: Processor) -> Any:
    """Return the annotated type of an item's value."""
    function = processor.function
    if function is None:
        return param_hint(processor.body, int(inspect.ismethod(processor.body)))
    hint = param_hint(function.fn, len(processor.args))
    return item_hint(hint) if function.batching else hint
