"""Canonical encodings of any other object that can be pickled, from what it would tell pickle about itself.

Layer `_values`. Pickles themselves would not do: their bytes depend on which equal parts are the same object.
"""

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING, Any

from cocoindex.errors import MemoKeyError

from ._canonical import encode_state, pack
from ._module_name import module_name

if TYPE_CHECKING:
    from ._canonical import Walk


def encode_reduced(obj: Any, walk: Walk) -> bytes:
    """How the object would be made again: function, arguments, state, items."""
    reduced = _reduce(obj)
    if isinstance(reduced, str):
        return _encode_global(obj, reduced, walk)
    function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
    return b"".join(
        [
            b"\xc1r",
            walk.encode(function),
            walk.encode(arguments),
            encode_state(state, walk),
            walk.encode(None if items is None else list(items)),
            walk.encode(None if pairs is None else dict(pairs)),
        ]
    )


def _reduce(obj: Any) -> str | tuple[Any, ...]:
    reducer = copyreg.dispatch_table.get(type(obj))
    try:
        reduced: object = obj.__reduce_ex__(4) if reducer is None else reducer(obj)
    except Exception as error:
        raise MemoKeyError(type(obj), f"it has no known structure and cannot be pickled ({error})") from error
    if isinstance(reduced, str) or (isinstance(reduced, tuple) and 2 <= len(reduced) <= 6):
        return reduced
    raise MemoKeyError(type(obj), f"its __reduce_ex__ returned {reduced!r:.80}")


def _encode_global(obj: Any, name: str, walk: Walk) -> bytes:
    """An object that is found by its name; what wraps a function without one is that function."""
    data = b"\xc1n" + pack((module_name(getattr(obj, "__module__", None)), name))
    if "<" not in name:
        return data
    wrapped = getattr(obj, "__wrapped__", None)
    if wrapped is None:
        raise MemoKeyError(type(obj), f"its name {name!r} cannot be found from its module")
    return b"\xc1W" + data + walk.encode_at(".__wrapped__", wrapped)
