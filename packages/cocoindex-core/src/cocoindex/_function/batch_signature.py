"""The arguments of a batched call: the item, and the arguments shared by the calls of one batch. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from typing import Any

from ..errors import FunctionArgumentError, FunctionDefinitionError
from .batch_group import group_of

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_OWNERS = ("self", "cls")

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


class BatchSignature:
    """The signature of a batched function: the instance of a method, the list, and other parameters.

    Raises:
        FunctionDefinitionError: its first parameter cannot be the list.
    """

    __slots__ = ("_function", "_is_method", "_items", "_only_items", "_owner", "_positional", "_signature")

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._function = fn.__qualname__
        self._signature = inspect.signature(fn)
        self._positional = [p for p in self._signature.parameters.values() if p.kind in _POSITIONAL]
        self._take(is_method="." in self._function and bool(self._positional) and self._positional[0].name in _OWNERS)

    def in_class(self, owner: type) -> None:
        """Note that the function is an attribute of a class: a method if it was defined there."""
        if self._function.startswith(f"{owner.__qualname__}."):
            self._take(is_method=True)

    def split(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Hashable, Any, Callable[[Any], Arguments]]:
        """Split the arguments of a call.

        Returns:
            The group key; the item; and a function that returns the body's arguments for a list of items.

        Raises:
            FunctionArgumentError: the arguments do not match the signature.
        """
        if self._only_items and not kwargs and len(args) == 1 + self._is_method:  # the usual call
            before = args[:-1]
            return tuple(map(id, before)), args[-1], lambda items: ((*before, items), {})
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError as error:
            raise FunctionArgumentError(
                f"{self._function} is batched: a call takes one item, {self._items!r}, where the body takes a list, "
                f"and the body's other arguments; this one does not match: {error}"
            ) from None
        bound.apply_defaults()
        arguments = bound.arguments
        item = arguments.pop(self._items)
        # Instances are compared by identity, whatever their `==` says.
        group = tuple(id(value) if name == self._owner else group_of(value) for name, value in arguments.items())
        shared = dict(arguments)

        def of_items(items: Any) -> Arguments:
            filled = inspect.BoundArguments(self._signature, {**shared, self._items: items})
            return filled.args, filled.kwargs

        return group, item, of_items

    def _take(self, *, is_method: bool) -> None:
        self._is_method = is_method
        self._owner = self._positional[0].name if is_method else None
        rest = self._positional[is_method:]
        if not rest or rest[0].default is not rest[0].empty:
            takes = ", ".join(self._signature.parameters) or "nothing"
            raise FunctionDefinitionError(
                f"{self._function} takes {takes}; with batching=True its first parameter (after self in a method) is "
                "the list of items: a positional one without a default"
            )
        self._items = rest[0].name
        self._only_items = len(self._signature.parameters) == 1 + is_method
