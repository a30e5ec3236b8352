"""Checks whether a function accepts certain arguments, when it is passed and not at its first call.

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
    """Return why `fn(*args)` cannot be called; None if it can, or if the signature of `fn` is unknown."""
    return CallShape(fn).misfit(args, {})


class CallShape:
    """The number of arguments that a function takes: for most calls, comparing numbers is enough.

    Attributes:
        is_generator: whether it is a generator function, of which a call runs nothing.
    """

    __slots__ = ("_fn", "_least", "_most", "is_generator")

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._fn = fn
        self._least: float = math.inf  # numbers alone do not decide
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
        """Return why the function cannot be called with these arguments; None if it can, or its signature is
        unknown."""
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
    """Return the signature of `fn` itself, not of a wrapped function; None if it is unknown."""
    signature = getattr(fn, "__signature__", None)
    if isinstance(signature, inspect.Signature):
        return signature
    while not isinstance(fn, FunctionType | MethodType) and hasattr(fn, "__wrapped__"):  # a marked function
        fn = fn.__wrapped__
    try:
        return inspect.Signature.from_callable(fn, follow_wrapped=False)
    except (TypeError, ValueError):  # a built-in function
        return None
