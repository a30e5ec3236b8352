"""Component subpaths: where below the running component a child is mounted. Layer: _runtime."""

from __future__ import annotations

from contextvars import ContextVar

from cocoindex._shown import masked

from .._keys import StableKey, encode_key
from ..errors import InvalidSubpathError
from .scope import Scope, _scope, current_scope

# The scopes outside the `with` blocks of this task or thread, innermost last: several may enter one subpath.
_outside: ContextVar[tuple[Scope, ...]] = ContextVar("cocoindex.outside_subpaths", default=())


class ComponentSubpath:
    """A relative path: the first argument of the mount functions, or a `with` block that prefixes paths inside it."""

    __slots__ = ("parts",)

    def __init__(self, *key_parts: StableKey) -> None:
        for part in key_parts:
            encode_key(part)
        self.parts: tuple[StableKey, ...] = key_parts

    def __repr__(self) -> str:
        return masked(f"ComponentSubpath({', '.join(map(repr, self.parts))})")

    def __truediv__(self, part: StableKey) -> ComponentSubpath:
        return ComponentSubpath(*self.parts, part)

    def __enter__(self) -> ComponentSubpath:
        scope = current_scope("coco.component_subpath()")
        inner = Scope(
            scope.component, scope.frame, scope.prefix + self.parts, scope.handlers, scope.board, scope.in_call
        )
        _outside.set((*_outside.get(), scope))
        _scope.set(inner)
        return self

    def __exit__(self, *exc: object) -> None:
        *outer, scope = _outside.get()
        _outside.set(tuple(outer))
        _scope.set(scope)


def component_subpath(*key_parts: StableKey) -> ComponentSubpath:
    """Return a path below the running component.

    Args:
        key_parts: one or more values that identify the child among its siblings, the same in every run.

    Raises:
        InvalidStableKeyError: (a TypeError) a part is not a StableKey.
    """
    return ComponentSubpath(*key_parts)


def checked_parts(parts: tuple[StableKey, ...]) -> tuple[StableKey, ...]:
    if not parts:
        raise InvalidSubpathError("a component path is empty; give coco.component_subpath() at least one part")
    return parts
