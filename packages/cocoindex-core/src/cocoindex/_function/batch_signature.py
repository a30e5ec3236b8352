"""What a call of a batched function takes: one item. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..errors import FunctionArgumentError, FunctionDefinitionError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class BatchSignature:
    """What a batched function takes: a list, after its instance where it is a method.

    Raises:
        FunctionDefinitionError: it takes anything else.
    """

    __slots__ = ("_function", "_is_method", "_parameter")

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._function = fn.__qualname__
        parameters = list(inspect.signature(fn).parameters.values())
        required = [p for p in parameters if p.default is p.empty and p.kind in (*_POSITIONAL, p.KEYWORD_ONLY)]
        owner = self._function.rpartition(".")[0]
        self._is_method = len(required) == 2 and bool(owner) and not owner.endswith("<locals>")
        if len(required) != 1 + self._is_method or any(p.kind not in _POSITIONAL for p in required):
            raise FunctionDefinitionError(
                f"{self._function} takes {', '.join(p.name for p in required) or 'nothing'}; with batching=True it has "
                "to take one list (after self in a method): give it what else it needs through deps, a closure or self"
            )
        self._parameter = required[-1].name

    def split(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """The instance, where there is one, and the item of a call."""
        given = (*args, *kwargs.values())
        if len(given) != 1 + self._is_method or (kwargs and [*kwargs] != [self._parameter]):
            raise FunctionArgumentError(
                f"{self._function} is batched: a call takes one item, {self._parameter!r}; "
                f"got {len(args) - self._is_method} positional arguments and the keywords {[*kwargs]}"
            )
        return given[:-1], given[-1]
