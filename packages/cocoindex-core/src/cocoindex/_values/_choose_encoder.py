"""Chooses, once per type, how its objects are encoded: memo key method, registered key function, or structure.

Layer `_values`.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import sys
import types
import uuid
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from cocoindex._described import described
from cocoindex._keys import Symbol
from cocoindex.errors import MemoKeyError

from .._described import is_a
from . import _encode_builtins as builtins_
from . import _encode_functions as functions
from . import _encode_numpy as numpy_
from . import _encode_records as records
from ._canonical import Encoder, builtin_encoders
from ._encode_reduced import reduced_encoder
from ._encode_subclass import subclass_encoder
from ._memo_keys import MemoKeyEntry, entries
from ._state_ref import StateRef, StateSpec
from ._type_identity import type_identity

if TYPE_CHECKING:
    from ._canonical import Walk

_exact: dict[type, Encoder] = {
    **builtin_encoders,
    bytearray: builtins_.encode_bytearray,
    memoryview: builtins_.encode_memoryview,
    complex: builtins_.encode_complex,
    uuid.UUID: builtins_.encode_uuid,
    datetime.datetime: builtins_.encode_datetime,
    datetime.date: builtins_.encode_date,
    datetime.time: builtins_.encode_time,
    datetime.timedelta: builtins_.encode_timedelta,
    decimal.Decimal: builtins_.encode_decimal,
    Symbol: builtins_.encode_symbol,
    types.MappingProxyType: builtins_.encode_proxy,
    types.FunctionType: functions.encode_function,
    types.MethodType: functions.encode_method,
}


def choose_encoder(kind: type) -> Encoder:
    """Return the encoder for objects of exactly this type."""
    method, entry = getattr(kind, "__coco_memo_key__", None), _registration(kind)
    if callable(method):
        encoder = _keyed(kind, kind, method, "__coco_memo_key__()")
    elif entry is not None:
        encoder = _keyed(kind, entry.owner, entry.key_fn, f"{getattr(entry.key_fn, '__name__', 'key_fn')}()")
    else:
        encoder = _structural(kind)
    state_fn = getattr(kind, "__coco_memo_state__", None) or (entry.state_fn if entry is not None else None)
    return encoder if state_fn is None else _stated(encoder, StateSpec(state_fn))


def _registration(kind: type) -> MemoKeyEntry | None:
    """Return the most specific registration; a more specific built-in type has priority."""
    for base in kind.__mro__:
        if base in entries:
            return entries[base]
        if base in builtin_encoders:
            return None
    return None


def _keyed(kind: type, owner: type, key_fn: Callable[[Any], object], step: str) -> Encoder:
    prefix = b"\xc1k" + type_identity(owner)
    own_structure = builtin_encoders.get(kind)

    def encode(obj: Any, walk: Walk) -> bytes:
        try:
            key = key_fn(obj)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            if not is_a(error, StopIteration):  # which a coroutine would replace
                raise
            raise MemoKeyError(kind, f"its {step} raised StopIteration") from error
        except BaseException as error:  # what no caller awaits to be raised here, such as a cancellation
            raise MemoKeyError(kind, f"its {step} raised {described(error)}") from error
        if own_structure is not None and type(key) is kind:
            return prefix + own_structure(key, walk)
        if isinstance(key, Coroutine):
            key.close()
            raise MemoKeyError(kind, f"its {step} is async; only state functions can be")
        return prefix + walk.encode_at(f".{step}", key)

    return encode


def _stated(encoder: Encoder, spec: StateSpec) -> Encoder:
    def encode(obj: Any, walk: Walk) -> bytes:
        if walk.states is not None:
            walk.states.append(StateRef(obj, spec))
        return encoder(obj, walk)

    return encode


def _structural(kind: type) -> Encoder:
    if kind in _exact:
        return _exact[kind]
    if issubclass(kind, type):
        return functions.encode_class
    if issubclass(kind, enum.Enum):
        return records.enum_encoder(kind)
    return _of_library(kind) or records.record_encoder(kind) or subclass_encoder(kind) or reduced_encoder(kind)


def _of_library(kind: type) -> Encoder | None:
    """Return the encoder of a library's type, which can occur only if the library was imported."""
    pathlib, numpy = sys.modules.get("pathlib"), sys.modules.get("numpy")
    if pathlib is not None and issubclass(kind, pathlib.PurePath):
        return builtins_.path_encoder(kind)
    logging = sys.modules.get("logging")
    if logging is not None and kind is logging.Logger:
        return functions.encode_logger
    if numpy is not None and kind is numpy.ndarray:
        return numpy_.encode_array
    if numpy is not None and issubclass(kind, numpy.generic):
        return numpy_.encode_numpy_scalar
    if numpy is not None and issubclass(kind, numpy.dtype):
        return numpy_.encode_dtype
    return None
