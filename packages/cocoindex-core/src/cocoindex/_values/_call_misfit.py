"""Whether a function can be called with certain arguments: asked where it is given, not when it is first called.

Layer `_values`, as what is registered there is functions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, MethodType
from typing import Any


def call_misfit(fn: Callable[..., Any], args: Sequence[object], kwargs: Mapping[str, object]) -> str | None:
    """Why `fn(*args, **kwargs)` would not even begin; None where it would, or where `fn` does not say what it takes."""
    signature = call_signature(fn)
    if signature is None:
        return None
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        return str(error)
    return None


def call_signature(fn: Callable[..., Any]) -> inspect.Signature | None:
    """What `fn` itself takes, not what it wraps, to which it may add; None where it does not say."""
    signature = getattr(fn, "__signature__", None)
    if isinstance(signature, inspect.Signature):
        return signature
    while not isinstance(fn, FunctionType | MethodType) and hasattr(fn, "__wrapped__"):  # a marked function
        fn = fn.__wrapped__
    try:
        return inspect.Signature.from_callable(fn, follow_wrapped=False)
    except (TypeError, ValueError):  # something built in
        return None
