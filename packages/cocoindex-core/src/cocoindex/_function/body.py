"""The body of a marked function as runners get it; it is pickled by the function's name. Layer: _function."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import CallPickleError

if TYPE_CHECKING:
    from .function import Function


class Body:
    """Calls the wrapped function, without memoization, batching and runner.

    `inspect.iscoroutinefunction` says whether it returns a coroutine.
    """

    def __init__(self, function: Function[..., Any]) -> None:
        self.function = function
        self.__name__ = function.name
        self.__qualname__: str = function.fn.__qualname__
        self.__module__ = function.__module__
        self.__wrapped__ = function.fn
        if function.body_is_async:
            mark_as_coroutine_function(self)

    @property
    def resources(self) -> Mapping[str, float]:
        """The resources of one call, from `resources=`: amounts by name, `memory` in bytes."""
        return self.function.resources

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function.fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<body of {self.function!r}>"

    def __reduce__(self) -> Any:
        where = self.__module__, self.__qualname__
        if _find(*where) is not self.function:
            raise CallPickleError(
                f"{self.__module__}.{self.__qualname__} cannot run in another process, which has to find it by this "
                "name: define it at the top level of a module, or in a class there, and decorate it under its own name"
            )
        return _body_of, where


def _body_of(module: str, qualname: str) -> Body:
    import importlib

    importlib.import_module(module)
    found = _find(module, qualname)
    if found is None:
        raise CallPickleError(
            f"{module}.{qualname} is not found in this process, or is not marked by @coco.fn{_why(module)}"
        )
    return found.body


def _why(module: str) -> str:
    """Return a hint for functions of the main module."""
    if module != "__main__":
        return ""
    return (
        ": other processes import the program's main module, if it is a file (not a notebook or "
        "`python -c`), without the code below `if __name__ == '__main__':`; define it in a module that is imported"
    )


def _find(module: str, qualname: str) -> Function[..., Any] | None:
    """Return the marked function of this name, also for a class method."""
    from .function import Function, unbound

    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        found = getattr(found, part, None)
    _, found = unbound(found)
    return found if isinstance(found, Function) else None


async def _coroutine_function() -> None:
    """A coroutine function whose code object marks others as coroutine functions."""


def mark_as_coroutine_function(obj: Any) -> None:
    """Make `inspect` and `asyncio` treat a callable object as a coroutine function."""
    if sys.version_info >= (3, 12):
        inspect.markcoroutinefunction(obj)
    else:  # an object with the attributes of a function is treated as one
        obj.__code__ = _coroutine_function.__code__
        obj.__defaults__ = obj.__kwdefaults__ = None
