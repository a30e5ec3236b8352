"""Canonical encodings of other picklable objects, from the data that they provide to pickle.

Layer `_values`. Pickles themselves cannot be used: their bytes depend on which equal parts are the same object.
"""

from __future__ import annotations

import copyreg
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from cocoindex._described import described
from cocoindex._shown import shown
from cocoindex.errors import MemoKeyError

from ._added_state import added_state, cached_names
from ._canonical import Encoder, encode_state, pack
from ._found_by_name import is_named
from ._module_name import module_name

if TYPE_CHECKING:
    from ._canonical import Walk

_REDUCERS: Final = ("__reduce_ex__", "__reduce__", "__getstate__")


def reduced_encoder(kind: type) -> Encoder:
    """Return the encoder of an object by its reduction: function, arguments, state, items, and what its class adds."""
    owner = _reducing_base(kind)
    by_library = owner is not None and owner is not kind and _is_library(owner)
    added = added_state(kind) if by_library else None
    cached = cached_names(kind) if owner is None or by_library else frozenset()

    def encode(obj: Any, walk: Walk) -> bytes:
        reduced = _reduce(obj)
        if isinstance(reduced, str):
            return _encode_global(obj, reduced, walk)
        function, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        parts = [
            b"\xc1r",
            walk.encode(function),
            walk.encode(arguments),
            encode_state(_without(cached, state) if cached else state, walk),
            walk.encode(None if items is None else list(items)),
            walk.encode(None if pairs is None else dict(pairs)),
        ]
        if added is not None and (more := added(obj)) and more != state:
            parts += (b"\xc1+", encode_state(more, walk))
        return b"".join(parts)

    return encode


def _reducing_base(kind: type) -> type | None:
    """Return the class that defines how objects are pickled; None if that is Python's default."""
    for base in kind.__mro__[:-1]:
        if any(name in vars(base) for name in _REDUCERS):
            return base
    return None


def _is_library(base: type) -> bool:
    """Whether a class knows nothing of what those derived from it add: it is built in, or of the standard library."""
    methods = [vars(base)[name] for name in _REDUCERS if name in vars(base)]
    python = any(isinstance(method, FunctionType) for method in methods)
    return not python or base.__module__.partition(".")[0] in sys.stdlib_module_names


def _without(names: frozenset[str], state: Any) -> Any:
    """Return a state without some attributes; it may be a dict, or a pair of a dict and the slots."""
    if type(state) is tuple and len(state) == 2:
        return (_without(names, state[0]), state[1])
    if type(state) is dict and not names.isdisjoint(state):
        return {name: value for name, value in state.items() if name not in names} or None
    return state


def _reduce(obj: Any) -> str | tuple[Any, ...]:
    reducer = copyreg.dispatch_table.get(type(obj))
    try:
        reduced: object = obj.__reduce_ex__(4) if reducer is None else reducer(obj)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever code of the user raises
        cause = f"it has no known structure and cannot be pickled ({described(error)})"
        raise MemoKeyError(type(obj), cause) from error
    if isinstance(reduced, str) or (isinstance(reduced, tuple) and 2 <= len(reduced) <= 6):
        return reduced
    raise MemoKeyError(type(obj), f"its __reduce_ex__ returned {shown(reduced, 80)}")


def _encode_global(obj: Any, name: str, walk: Walk) -> bytes:
    """Encode an object that is found by its name; a wrapper of a function without one counts as that function."""
    module = getattr(obj, "__module__", None)
    data = b"\xc1n" + pack((module_name(module), name))
    if "<" not in name and (module is None or is_named(obj, module, name)):
        return data
    wrapped = getattr(obj, "__wrapped__", None)
    if wrapped is None:
        raise MemoKeyError(type(obj), f"its name {name!r} cannot be found from its module")
    return b"\xc1W" + data + walk.encode_at(".__wrapped__", wrapped)
