"""What a function takes, so that what does not fit is told before it is called. Layer: _function."""

from __future__ import annotations

import math
from collections.abc import Callable
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR, CO_VARARGS
from types import FunctionType, MethodType
from typing import Any

from .._values import call_misfit


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
        return call_misfit(self._fn, args, kwargs)
