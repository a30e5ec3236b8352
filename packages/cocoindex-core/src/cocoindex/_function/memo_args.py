"""Turns the arguments of a memoized function into its memo key. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .._values import StateRef, canonical_bytes, hash16
from ..errors import FunctionDefinitionError, FunctionDefinitionTypeError

MemoKeySpec = Mapping[str, "Callable[[Any], Any] | None"]


class MemoArgs:
    """Makes memo keys for one function; honours its `memo_key=` overrides."""

    __slots__ = ("_identity", "_overrides", "_signature")

    def __init__(self, fn: Callable[..., Any], overrides: MemoKeySpec | None) -> None:
        self._identity = f"{fn.__module__}\0{fn.__qualname__}".encode("utf-8", "surrogatepass")
        self._signature: inspect.Signature | None = None
        self._overrides = dict(overrides or {})
        if self._overrides:
            self._signature = inspect.signature(fn)
            self._check(fn)

    def key(self, args: tuple[Any, ...], kwargs: dict[str, Any], states: list[StateRef]) -> bytes:
        """16 bytes that identify the function and its arguments; their state functions are added to `states`."""
        if self._overrides:
            args, kwargs = self._overridden(args, kwargs)
        first = canonical_bytes(args[0], states) if args else b""
        return hash16(self.rest(args[1:], kwargs, states) + first)

    def each(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], before: tuple[Any, ...] = ()
    ) -> Callable[[Any, list[StateRef]], bytes]:
        """Like `key`, for many calls that share all arguments but one: what is shared is encoded once.

        Args:
            before: arguments that come before the one that differs.
        """
        if self._overrides or before:
            return lambda item, states: self.key((*before, item, *args), kwargs, states)
        shared: list[StateRef] = []
        rest = self.rest(args, kwargs, shared)
        if shared:
            return lambda item, states: self.key((item, *args), kwargs, states)
        return lambda item, states: hash16(rest + canonical_bytes(item, states))

    def rest(self, args: tuple[Any, ...], kwargs: dict[str, Any], states: list[StateRef]) -> bytes:
        data = canonical_bytes((args, sorted(kwargs.items()) if kwargs else None), states)
        return hash16(self._identity + b"\0" + data)

    def _overridden(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        assert self._signature is not None
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, override in self._overrides.items():
            kind = self._signature.parameters[name].kind
            if override is not None:
                bound.arguments[name] = override(bound.arguments[name])
            elif kind is inspect.Parameter.VAR_POSITIONAL:
                bound.arguments[name] = ()
            elif kind is inspect.Parameter.VAR_KEYWORD:
                bound.arguments[name] = {}
            else:
                bound.arguments[name] = None
        return (None,), dict(bound.arguments)

    def _check(self, fn: Callable[..., Any]) -> None:
        assert self._signature is not None
        for name, override in self._overrides.items():
            if name not in self._signature.parameters:
                known = ", ".join(self._signature.parameters)
                raise FunctionDefinitionError(
                    f"memo_key of {fn.__qualname__} names {name!r}, which is no parameter of it; they are: {known}"
                )
            if override is not None and not callable(override):
                raise FunctionDefinitionTypeError(
                    f"memo_key[{name!r}] of {fn.__qualname__} is a {type(override).__name__}; "
                    "give a function of the argument, or None to leave it out of the key"
                )
