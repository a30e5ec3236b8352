"""Turns the arguments of a memoized function into its memo key. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from .._values import StateRef, call_misfit, canonical_bytes, hash16, made_of, module_name
from ..errors import FunctionArgumentError, FunctionDefinitionError, FunctionDefinitionTypeError, MemoKeyError
from .logic import LogicFingerprint

MemoKeySpec = Mapping[str, "Callable[[Any], Any] | None"]


class MemoArgs:
    """Creates the memo keys of one function, with its `memo_key=` overrides.

    Args:
        logic: the fingerprint of the function's own logic, which distinguishes functions of one name (lambdas, nested
            functions); None if the logic is not tracked.
    """

    __slots__ = ("_alone", "_fn", "_identity", "_logic", "_overrides", "_signature")

    def __init__(
        self, fn: Callable[..., Any], overrides: MemoKeySpec | None, logic: LogicFingerprint | None = None
    ) -> None:
        self._fn = fn
        self._logic = logic
        self._identity: bytes | None = None
        self._alone: bytes | None = None
        self._signature: inspect.Signature | None = None
        self._overrides = dict(overrides or {})
        if self._overrides:
            self._signature = inspect.signature(fn)
            self._check(self._signature)

    def key(self, args: tuple[Any, ...], kwargs: dict[str, Any], states: list[StateRef]) -> bytes:
        """Return 16 bytes that identify the function and its arguments; add the arguments' state functions to `states`.

        Raises:
            MemoKeyError: an argument cannot be part of a key; it names the parameter.
        """
        given = args, kwargs
        if self._overrides:
            args, kwargs = self._overridden(args, kwargs)
        try:
            first = canonical_bytes(args[0], states) if args else b""
            if len(args) > 1 or kwargs:
                return hash16(self.rest(args[1:], kwargs, states) + first)
            return hash16((self._alone or self._rest_of_nothing()) + first)
        except MemoKeyError as error:
            self._name_parameter(error, *given)
            raise

    def each(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], before: tuple[Any, ...] = ()
    ) -> Callable[[Any, list[StateRef]], bytes]:
        """Do the same as `key` for many calls that share all arguments but one: shared arguments are encoded once.

        Args:
            before: the arguments before the one that differs.
        """
        if self._overrides or before:
            return lambda item, states: self.key((*before, item, *args), kwargs, states)
        shared: list[StateRef] = []
        try:
            rest = self.rest(args, kwargs, shared)
        except MemoKeyError as error:
            self._name_parameter(error, (None, *args), kwargs)
            raise
        if shared:
            return lambda item, states: self.key((item, *args), kwargs, states)

        def key(item: Any, states: list[StateRef]) -> bytes:
            try:
                return hash16(rest + canonical_bytes(item, states))
            except MemoKeyError as error:
                self._name_parameter(error, (item, *args), kwargs)
                raise

        return key

    def rest(self, args: tuple[Any, ...], kwargs: dict[str, Any], states: list[StateRef]) -> bytes:
        data = canonical_bytes((args, sorted(kwargs.items()) if kwargs else None), states)
        return hash16((self._identity or self._identify()) + data)

    def _rest_of_nothing(self) -> bytes:
        """Return the `rest` of a call with at most one argument, which is constant."""
        self._alone = self.rest((), {}, [])
        return self._alone

    def _identify(self) -> bytes:
        fn = self._fn
        name = f"{module_name(fn.__module__)}\0{fn.__qualname__}\0".encode("utf-8", "surrogatepass")
        self._identity = name + (self._logic.digest if self._logic is not None else made_of(fn, tracks_called=False))
        return self._identity

    def _overridden(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        assert self._signature is not None
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        for name, override in self._overrides.items():
            kind = self._signature.parameters[name].kind
            wanted = _CONTAINERS.get(kind)
            if override is None:
                bound.arguments[name] = None if wanted is None else wanted()
                continue
            value = bound.arguments[name] = override(bound.arguments[name])
            if wanted is not None and not isinstance(value, wanted):
                raise FunctionArgumentError(
                    f"memo_key[{name!r}] of {self._fn.__qualname__} returned a {type(value).__name__}; for "
                    f"{'*' if wanted is tuple else '**'}{name} it has to return a {wanted.__name__}"
                )
        return (None,), dict(bound.arguments)

    def _name_parameter(self, error: MemoKeyError, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Add the name of the argument to the error."""
        try:
            signature = self._signature or inspect.signature(self._fn)
            named = self._overridden(args, kwargs)[1] if self._overrides else signature.bind(*args, **kwargs).arguments
        except TypeError:
            return  # the arguments do not match the function, which the call will report
        for name, value in named.items():
            try:
                canonical_bytes(value)
            except MemoKeyError as found:
                error.of_argument(name, self._fn.__qualname__, found.path)
                return

    def _check(self, signature: inspect.Signature) -> None:
        where = f"of {self._fn.__qualname__}"
        for name, override in self._overrides.items():
            if name not in signature.parameters:
                known = ", ".join(signature.parameters)
                raise FunctionDefinitionError(
                    f"memo_key {where} names {name!r}, which is not a parameter of it; its parameters are: {known}"
                )
            if override is not None and not callable(override):
                raise FunctionDefinitionTypeError(
                    f"memo_key[{name!r}] {where} is a {type(override).__name__}; "
                    "give a function of the argument, or None to leave it out of the key"
                )
            if inspect.iscoroutinefunction(override):
                raise FunctionDefinitionTypeError(f"memo_key[{name!r}] {where} is async; it has to be a sync function")
            if override is not None and (why := call_misfit(override, (None,))) is not None:
                raise FunctionDefinitionTypeError(
                    f"memo_key[{name!r}] {where} is called with one argument, which does not match its signature: {why}"
                )


_CONTAINERS: dict[Any, type[tuple[Any, ...]] | type[dict[str, Any]]] = {
    inspect.Parameter.VAR_POSITIONAL: tuple,
    inspect.Parameter.VAR_KEYWORD: dict,
}
