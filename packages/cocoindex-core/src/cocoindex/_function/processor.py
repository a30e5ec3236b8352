"""The function of a component, as the engine sees it. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from cocoindex._shown import shown

from .._keys import StablePath, Symbol
from .._values import CallShape
from ..errors import FunctionArgumentError, InvalidSubpathError, MountTypeError
from .function import Function, unbound


class Processor:
    """A function to mount.

    Attributes:
        name: its name in counts and reports.
        body: the function to call; its own memo is the component's, so it is not looked up again.
        is_async: whether `body` returns a coroutine.
        function: the marked function; None for a plain one, which is neither memoized nor tracked.
        args: leading arguments (the instance of a bound method).
    """

    __slots__ = ("_shape", "args", "body", "function", "is_async", "memo", "name")

    def __init__(self, fn: Callable[..., Any], what: str) -> None:
        if isinstance(fn, type):
            fn = _process_fn_of(fn, what)
        self.args, fn = unbound(fn)
        self.function: Function[..., Any] | None = fn if isinstance(fn, Function) else None
        called = _innermost(fn)
        if not callable(called):
            raise refuse_function(fn, what)
        self._shape = CallShape(called)
        if self._shape.is_generator:
            raise MountTypeError(
                f"{what} cannot take the generator {called.__qualname__}, as calling it would run nothing; "
                "iterate over it in a function, and mount that function"
            )
        if self.function is not None:
            self.name = self.function.fn.__qualname__
            self.memo = self.function.memo
            plain = not self.function.batching and self.function.runner is None
            self.is_async = self.function.is_async
            direct = plain and self.function.body_is_async == self.is_async
            self.body: Callable[..., Any] = self.function.fn if direct else self._run_function
        else:
            self.name = getattr(fn, "__qualname__", type(fn).__qualname__)
            self.memo = False
            self.is_async = inspect.iscoroutinefunction(fn) or inspect.iscoroutinefunction(type(fn).__call__)
            self.body = fn

    def check(self, what: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raise if the function cannot be called with these arguments, which were passed to `what`.

        Raises:
            FunctionArgumentError: (a TypeError) it does not accept them.
        """
        why = self._shape.misfit((*self.args, *args) if self.args else args, kwargs)
        if why is not None:
            raise FunctionArgumentError(
                f"{what} cannot call {self.name} with the arguments given: {why}; they follow the function, and a "
                "coco.component_subpath() comes before it"
            )

    def _run_function(self, *args: Any, **kwargs: Any) -> Any:
        assert self.function is not None
        return self.function.run_async(args, kwargs)


def _innermost(fn: Any) -> Any:
    """Return the innermost function of a marked function."""
    while isinstance(fn, Function):
        fn = fn.__dict__["__wrapped__"]
    return fn


def _process_fn_of(kind: type, what: str) -> Callable[..., Any]:
    """Return the function that a mountable class runs."""
    process_fn: Callable[..., Any] | None = getattr(kind, "__coco_process_fn__", None)
    if process_fn is not None:
        return process_fn
    if hasattr(kind, "process") and hasattr(kind, "process_live"):
        raise MountTypeError(
            f"{what} cannot take the live component {kind.__qualname__}; give it to coco.mount(), or to the update() "
            "of another live component's operator"
        )
    lacks = next((name for name in ("process", "process_live") if not hasattr(kind, name)), "")
    if what == "coco.mount()" and (hasattr(kind, "process") or hasattr(kind, "process_live")):
        raise MountTypeError(f"{what} takes a live component, and the class {kind.__qualname__} lacks {lacks}()")
    raise MountTypeError(f"{what} takes a function, not the class {kind.__qualname__}; mount a function that uses it")


def refuse_function(given: Any, what: str) -> MountTypeError:
    """Return the error for an argument that is not a function."""
    if inspect.iscoroutine(given) or inspect.isgenerator(given) or inspect.isasyncgen(given):
        if not inspect.isasyncgen(given):
            given.close()
        advice = "give the function itself, and its arguments behind it, instead of calling it"
    elif isinstance(given, str | tuple | StablePath):
        advice = "a path is given as coco.component_subpath(...), before the function"
    else:
        advice = "give a function or a method, and its arguments behind it"
    return MountTypeError(f"{what} takes a function, not {shown(given)}; {advice}")


def processor_of(fn: Any, what: str) -> Processor:
    """Return the processor of `fn`, which was passed to `what`; for a marked function it is created once."""
    if isinstance(fn, Function):
        cached: Processor | None = fn.__dict__.get("_processor")
        if cached is None:
            cached = fn.__dict__["_processor"] = Processor(fn, what)
        return cached
    return Processor(fn, what)


def default_subpath_name(processor_fn: Any) -> str | None:
    """Return the name under which `processor_fn` is mounted if no path is given; None if it has no name.

    This is its `__coco_subpath_name__`, with which a wrapper can stand for the wrapped function, or its `__name__`.
    """
    return getattr(processor_fn, "__coco_subpath_name__", None) or getattr(processor_fn, "__name__", None)


def default_part(fn: Any) -> Symbol:
    """Return the path part of a component mounted without a path: its function's name.

    Raises:
        InvalidSubpathError: (a ValueError and TypeError) the function has no usable name.
    """
    name = default_subpath_name(fn)
    if not isinstance(name, str) or name == "<lambda>":
        raise InvalidSubpathError(
            f"no component path can be derived from {shown(fn)}, which has no name of its own; "
            "give one as the first argument: coco.component_subpath(...)"
        )
    return Symbol(name)
