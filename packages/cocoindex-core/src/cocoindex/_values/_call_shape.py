"""Whether a function can be called with certain arguments: asked where it is given, not when it is first called.

Layer `_values`, as what is registered there is functions.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR, CO_VARARGS
from types import FunctionType, MethodType
from typing import Any


def call_misfit(fn: Callable[..., Any], args: tuple[Any, ...]) -> str | None:
    """Why `fn(*args)` would not even begin; None where it would, or where `fn` does not say what it takes."""
    return CallShape(fn).misfit(args, {})


class CallShape:
    """How many arguments a function takes: a comparison of numbers tells of most calls that they fit.

    Attributes:
        is_generator: whether a call would run nothing of it.
    """

    __slots__ = ("_fn", "_least", "_most", "is_generator")

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._fn = fn
        self._least: float = math.inf  # no call fits by numbers alone
        self._most: float = 0
        self.is_generator = False
        function, bound = (fn.__func__, 1) if isinstance(fn, MethodType) else (fn, 0)
        if isinstance(function, FunctionType):
            code = function.__code__
            self.is_generator = bool(code.co_flags & (CO_GENERATOR | CO_ASYNC_GENERATOR))
            if code.co_kwonlyargcount == len(function.__kwdefaults__ or ()):
                most = code.co_argcount - bound
                self._least = most - len(function.__defaults__ or ())
                self._most = math.inf if code.co_flags & CO_VARARGS else most

    def misfit(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        """Why the function cannot be called with these; None where it can, or does not say what it takes."""
        if not kwargs and self._least <= len(args) <= self._most:
            return None
        signature = _signature(self._fn)
        try:
            if signature is not None:
                signature.bind(*args, **kwargs)
        except TypeError as error:
            return str(error)
        return None


def _signature(fn: Callable[..., Any]) -> inspect.Signature | None:
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
