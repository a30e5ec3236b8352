"""The bytes of a code object: its behaviour without its location. They differ between Python versions.

Layer `_values`.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

import msgspec

_pack = msgspec.msgpack.Encoder().encode


def code_bytes(code: CodeType) -> bytes:
    """Return instructions, constants and names, without file and lines."""
    shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    constants = [_constant(value) for value in code.co_consts]
    return _pack((code.co_code, code.co_exceptiontable, shape, names, constants))


def _constant(value: Any) -> Any:
    """Return a constant in a form that keeps its type and has a defined order."""
    kind = type(value).__name__
    if isinstance(value, CodeType):
        return (kind, value.co_name, code_bytes(value))
    if isinstance(value, tuple):
        return (kind, [_constant(item) for item in value])
    if isinstance(value, frozenset):
        return (kind, sorted(repr(_constant(item)) for item in value))
    return (kind, ascii(value))
