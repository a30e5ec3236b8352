"""Warns once per name, in the log, of a marked function that runs where no component can depend on it.

Layer: _function. This cannot be avoided: neither an executor nor a cache knows its caller.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from .._runtime.garbage import is_updating
from .._runtime.log import WARNING, log
from .._runtime.scope import _scope
from .reached import is_collecting

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from .function import Function


_told: Final[set[tuple[str, str]]] = set()
_NEVER: Final = object()
_CACHE_ATTRIBUTES: Final = ("cache_info", "cache_clear", "cache_key", "cache")
_FRAMES: Final = 6
_MOST_CALLERS: Final = 40
_ENGINE: Final = f"{__name__.partition('.')[0]}._engine"


def called_without_component(function: Function[..., Any]) -> None:
    """Check a call outside any known component."""
    if is_updating() and _is_foreign_thread():
        _tell(
            function,
            "thread",
            f"was called in the thread {threading.current_thread().name!r}, which does not know the component that it "
            "works for. If it works for one, that component does not run again when the function changes: attach the "
            "context in the thread (`ctx = coco.get_component_context()`, then `with ctx.attach():` there), or call it "
            "through asyncio.to_thread() or its as_async(), which take the context along",
        )


def pickled(function: Function[..., Any]) -> None:
    """Check a function that is being pickled, perhaps for another process."""
    if is_updating() and not is_collecting() and _is_foreign_thread():
        _tell(
            function,
            "process",
            "is sent to another process, whose calls of it no component can depend on: a component that waits for them "
            "does not run again when the function changes. Call it in the component, have coco.GPU run it, or name "
            "what may change in deps= of a function that the component calls",
        )


def called_in_component(function: Function[..., Any]) -> None:
    """Check whether there is a cache between a component and its first call of a function."""
    try:
        cache = _cache_around(function)
        caller = None if cache is not None else _cached_caller()
    except Exception:  # it may be any object
        return
    if caller is not None:
        _tell(
            function,
            "cache",
            f"is called by {caller}, whose results a cache keeps: a component that gets a cached value does not call "
            "it, and does not run again when it changes. Put @coco.fn(memo=True) in place of the cache",
        )
    if cache is not None:
        _tell(
            function,
            "cache",
            f"is inside {cache}: a component that gets a cached value does not call it, and does not run again when it "
            "changes. Put @coco.fn above the cache, or memo=True in place of it",
        )


def _is_foreign_thread() -> bool:
    """Return whether this thread has no context; the main thread does not count, because it may run unrelated code."""
    if threading.current_thread() is threading.main_thread():
        return False
    return _scope.get(_NEVER) is _NEVER


def _tell(function: Function[..., Any], where: str, what: str) -> None:
    name = f"{function.__module__}.{function.__qualname__}"
    if (name, where) not in _told:
        _told.add((name, where))
        log(WARNING, f"{name}, which @coco.fn marks, {what}")


def _cache_around(function: Function[..., Any]) -> str | None:
    for found in _under_its_name(function):
        if isinstance(found, functools.cached_property) and found.func is function:
            return "functools.cached_property"
        if getattr(found, "__wrapped__", None) is function and any(hasattr(found, name) for name in _CACHE_ATTRIBUTES):
            kind = type(found)
            return "functools.lru_cache" if kind.__name__ == "_lru_cache_wrapper" else "a cache"
    return None


def _under_its_name(function: Function[..., Any]) -> Iterator[Any]:
    """Yield the objects under the function's name, where it was defined and as its callers see it."""
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, "__dict__", {}).get(part)
    yield found
    frame: FrameType | None = sys._getframe(3)
    for _ in range(_FRAMES):
        if frame is None:
            return
        yield frame.f_locals.get(function.__name__, frame.f_globals.get(function.__name__))
        if frame.f_code is functools.cached_property.__get__.__code__:
            yield frame.f_locals.get("self")
        frame = frame.f_back


def _cached_caller() -> str | None:
    """Return the cached function between the component and this call, if there is one."""
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_MOST_CALLERS):
        if frame is None or str(frame.f_globals.get("__name__")).startswith(_ENGINE):
            return None
        if frame.f_code is functools.cached_property.__get__.__code__:
            return str(getattr(getattr(frame.f_locals.get("self"), "func", None), "__qualname__", "a property"))
        if any(_is_cache_of(found, frame.f_code) for found in _called_as(frame)):
            return frame.f_code.co_qualname
        frame = frame.f_back
    return None


def _called_as(frame: FrameType) -> Iterator[Any]:
    """Yield the objects under the running function's name: at the call, in its module, in its class."""
    code = frame.f_code
    if frame.f_back is not None:
        yield frame.f_back.f_locals.get(code.co_name)
    found: Any = frame.f_globals
    for part in code.co_qualname.split("."):
        found = found.get(part) if isinstance(found, dict) else getattr(found, "__dict__", {}).get(part)
    yield found


def _is_cache_of(found: Any, code: CodeType) -> bool:
    inner = getattr(found, "__wrapped__", None)
    return getattr(inner, "__code__", None) is code and any(hasattr(found, name) for name in _CACHE_ATTRIBUTES)
