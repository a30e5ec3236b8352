"""Finds the live range that a component is in. Layer: _live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._engine.component import Component

if TYPE_CHECKING:
    from .._engine.anchor import Anchor
    from .._engine.roll import Lasting


def enclosing(component: Component) -> Lasting | None:
    """Return the live range that a component is in, at any depth."""
    at: Component | Anchor | None = component
    while isinstance(at, Component):
        if at.call.told is not None:
            return at.call.told.member
        at = at.parent
    return None
