"""Declaring target states in the component that runs. Layer: _target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from .._runtime.scope import _scope, current_scope
from ..errors import TargetHandlerError
from .declared_value import ATOMS, as_declared
from .state import PendingTargetStateProvider, TargetState, TargetStateProvider
from .type_variables import OptChildHandlerT, ValueT

if TYPE_CHECKING:
    from .handler import TargetHandler


def declare_target_state(target_state: TargetState[Any]) -> None:
    """Declare that `target_state` should exist; it is applied once the declaring component has run.

    A value of plain data is copied now: later changes to it have no effect.

    Raises:
        NoComponentError: (a RuntimeError) no component is running here.
        TargetStateError: (a ValueError) it was already declared, or its provider is pending (`PendingTargetError`).
        TargetHandlerError: (a TypeError) `target_state` is not a TargetState.
    """
    scope = _scope.get() or current_scope("coco.declare_target_state()")
    if type(target_state) is not TargetState:
        _refuse(target_state)
    if type(target_state.value) not in ATOMS:
        target_state.value = as_declared(target_state.value)
    scope.component.declare(target_state, scope.frame)


def declare_target_state_with_child(
    target_state: TargetState[TargetHandler[ValueT, Any, OptChildHandlerT]],
) -> PendingTargetStateProvider[ValueT, OptChildHandlerT]:
    """Declare a container; returns the provider of its contents, pending until the container is applied.

    Raises:
        NoComponentError, TargetStateError: as for `declare_target_state`.
    """
    scope = current_scope("coco.declare_target_state_with_child()")
    if type(target_state) is not TargetState:
        _refuse(target_state)
    target_state.value = as_declared(target_state.value)
    child: PendingTargetStateProvider[ValueT, OptChildHandlerT] = TargetStateProvider(
        target_state.provider, target_state.key, None
    )
    scope.component.declare(target_state, scope.frame, child)
    return child


def _refuse(target_state: object) -> NoReturn:
    raise TargetHandlerError(
        f"a target state is declared with what provider.target_state(key, value) gives, not with {target_state!r}"
    )
