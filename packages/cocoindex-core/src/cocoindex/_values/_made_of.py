"""What defines a function or class beside its source: captured values, default values, its instance.

Layer `_values`. Captured values count as they are when the function is created, unless the function changes them: a
list that it appends to is state, and does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from ._canonical import canonical_bytes, pack
from ._changed_captures import changed_values, rebound_names
from ._describe import Description
from ._encode_functions import cell_content


def made_of(fn: Callable[..., Any], *, tracks_called: bool = True) -> bytes:
    """Return the captured and default values of `fn` and all that it wraps; empty if there are none.

    It never raises: a value whose content cannot be read counts by its type.

    Args:
        tracks_called: whether a captured marked function counts by its content; otherwise by its name.
    """
    layers = [*_layers(fn)]
    functions = [layer for layer in layers if isinstance(layer, FunctionType)]
    see = Description(lambda: set().union(*map(changed_values, functions)))
    return b"".join([part for layer in functions for part in _parts_of(layer, layers, tracks_called, see)])


def _layers(fn: Any) -> Iterator[Any]:
    """Yield the function, the function that it wraps, and so on inwards."""
    seen: list[Any] = []
    while fn is not None and not any(fn is other for other in seen):
        seen.append(fn)
        yield fn
        fn = getattr(fn, "__wrapped__", None) or getattr(fn, "__func__", None) or getattr(fn, "func", None)


def _parts_of(layer: FunctionType, layers: list[Any], tracks_called: bool, see: Description) -> Iterator[bytes]:
    for label, values in (("defaults", layer.__defaults__ or ()), ("kwdefaults", layer.__kwdefaults__ or {})):
        if values:
            yield pack(label) + _content(values, see)
    rebound = rebound_names(layer.__code__) if layer.__closure__ else ()
    for name, cell in zip(layer.__code__.co_freevars, layer.__closure__ or (), strict=False):
        value = cell_content(cell)
        if value is not ... and name not in rebound and not any(value is other for other in layers):
            marked = getattr(type(value), "__coco_made_of__", None)
            yield pack(name) + (see.of(value) if marked is None else marked(value, tracks_called))


def _content(values: Any, see: Description) -> bytes:
    """Return the whole content of default values, or their description if they have none."""
    try:
        return canonical_bytes(values)
    except BaseException:  # whatever code of the user raises
        return b"".join(map(see.of, values.values() if isinstance(values, dict) else values))
