"""The types of stored values: the resolved annotations of functions and handlers.

Layer `_values`.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from ._non_existence import NonExistenceType

_AWAITABLES: Final = (Awaitable, Coroutine)
_UNRESOLVED: Final = object()


def return_hint(fn: Callable[..., Any]) -> tuple[Any, bool]:
    """Return the annotated result type of a function (the awaited one if it is async), and whether it is certain.

    `Any` without an annotation. `Any` and False if it cannot be resolved yet: call again later.
    """
    function = _plain_function(fn)
    hint = _resolve(function, "return", _UNRESOLVED)
    if hint is _UNRESOLVED:
        return Any, "return" not in getattr(function, "__annotations__", {})
    if get_origin(hint) in _AWAITABLES:
        return get_args(hint)[-1], True
    return hint, True


def param_hint(fn: Callable[..., Any], parameter: int | str) -> Any:
    """Return the annotated type of one parameter, by name or by position (`self` is at 0); `Any` as for
    `return_hint`."""
    function = _plain_function(fn)
    code = getattr(function, "__code__", None)
    if code is None:
        return Any
    names = code.co_varnames[: code.co_argcount]
    if isinstance(parameter, str):
        return _resolve(function, parameter)
    return _resolve(function, names[parameter]) if parameter < len(names) else Any


def state_hint(fn: Callable[..., Any]) -> Any:
    """Return the state type of a state function, which takes the object and the previous state."""
    return _without(NonExistenceType, param_hint(fn, 1))


def tracking_record_hint(handler: object) -> Any:
    """Return the type of a target handler's tracking records: T if `prev_possible_records` is a `Collection[T]`.

    A handler that serves records of several types, such as that of a kit, has an attribute `tracking_record_type`.
    """
    said = getattr(handler, "tracking_record_type", None)
    if said is not None:
        return said
    reconcile = getattr(handler, "reconcile", None)
    position = 3 if isinstance(reconcile, types.MethodType) else 2
    hint = param_hint(getattr(reconcile, "__func__", reconcile), position)  # type: ignore[arg-type]  # None has no code
    arguments = get_args(hint)
    return _without(NonExistenceType, arguments[0]) if len(arguments) == 1 else Any


def names_in_code(fn: Callable[..., Any], name: str) -> bool:
    """Return whether the code of a function, or of a nested one, contains this name or keyword."""
    waiting = [getattr(_plain_function(fn), "__code__", None)]
    while waiting:
        code = waiting.pop()
        if isinstance(code, types.CodeType):
            if name in code.co_names or any(const == name or _has(const, name) for const in code.co_consts):
                return True
            waiting += code.co_consts
    return False


def _has(const: Any, name: str) -> bool:
    return isinstance(const, tuple) and name in const


def _without(kind: type, hint: Any) -> Any:
    """Return a union without one of its members."""
    if get_origin(hint) is Annotated:
        return _without(kind, get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        rest = tuple(member for member in get_args(hint) if member is not kind)
        return Union[rest] if rest else Any  # noqa: UP007  # of a tuple
    return Any if hint is kind else hint


def _plain_function(fn: Any) -> Any:
    """Return the function that has the annotations."""
    while True:
        if isinstance(fn, functools.partial):
            fn = fn.func
        elif hasattr(fn, "__wrapped__"):
            fn = fn.__wrapped__
        elif isinstance(fn, types.MethodType):
            fn = fn.__func__
        elif isinstance(fn, types.FunctionType):
            return fn
        elif isinstance(call := getattr(type(fn), "__call__", None), types.FunctionType):  # noqa: B004  # its code is wanted
            fn = call
        else:
            return fn


def _resolve(function: Any, name: str, otherwise: Any = Any) -> Any:
    """Resolve one annotation separately, because others may use names that only type checkers import."""
    try:
        annotation = function.__annotations__[name]
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        return get_type_hints(holder, _globals(function), _locals(function), include_extras=True)[name]
    except Exception:
        return otherwise


def _globals(function: Any) -> dict[str, Any]:
    module = sys.modules.get(getattr(function, "__module__", None) or "")
    return getattr(function, "__globals__", None) or vars(module or types)


def _locals(function: Any) -> Mapping[str, Any]:
    """Return the captured values and type parameters of the function, which string annotations may name."""
    found: dict[str, Any] = {parameter.__name__: parameter for parameter in getattr(function, "__type_params__", ())}
    code, closure = getattr(function, "__code__", None), getattr(function, "__closure__", None)
    for name, cell in zip(code.co_freevars if code else (), closure or (), strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            pass  # not assigned yet
    return found
