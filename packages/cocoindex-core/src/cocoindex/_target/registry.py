"""Root providers, which modules register at their import. Layer: _target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cocoindex._shown import shown

from .._keys import Symbol
from ..errors import TargetHandlerError, TargetStateError
from .state import TargetStateProvider
from .type_variables import OptChildHandlerT, ValueT

if TYPE_CHECKING:
    from .handler import TargetHandler

_roots: dict[str, TargetStateProvider[Any, Any]] = {}


def register_root_target_states_provider(
    name: str, handler: TargetHandler[ValueT, Any, OptChildHandlerT]
) -> TargetStateProvider[ValueT, OptChildHandlerT]:
    """Register `handler` for the target states whose path starts with `name`.

    Args:
        name: unique and stable across runs; libraries prefix it with their package's name and a slash.
        handler: reconciles them. Registering a name again replaces the handler, as a reloaded module does.

    Raises:
        TargetHandlerError: (a TypeError) an argument has the wrong type, or the handler lacks a required method.

    Returns:
        The provider that creates the target states.
    """
    if not isinstance(name, str):
        raise TargetHandlerError(f"the name of a root provider is a str, not {shown(name)}")
    if not name:
        raise TargetStateError("the name of a root provider is empty; begin it with your package's name and a slash")
    provider: TargetStateProvider[ValueT, OptChildHandlerT] = TargetStateProvider(None, Symbol(name), None)
    provider._resolve(handler)
    _roots[name] = provider
    return provider


def roots_registered() -> int:
    """Return the number of registered names, which never decreases."""
    return len(_roots)


def root_provider(name: str) -> TargetStateProvider[Any, Any] | None:
    """Return the provider registered under `name`, if any."""
    return _roots.get(name)
