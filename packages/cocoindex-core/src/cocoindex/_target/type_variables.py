"""The type variables of targets, with defaults for those that users rarely need. Layer: _target."""

from __future__ import annotations

import sys
from typing import Any

from .pending import PendingS, ResolvedS

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

ActionT = TypeVar("ActionT")
ActionT_contra = TypeVar("ActionT_contra", contravariant=True)
ChildHandlerT = TypeVar("ChildHandlerT", default=None)
DeclaredT_contra = TypeVar("DeclaredT_contra", contravariant=True, default=Any)
ChildHandlerT_co = TypeVar("ChildHandlerT_co", covariant=True, default=None)
HandlerT_co = TypeVar("HandlerT_co", covariant=True, default=Any)
HandlerT_contra = TypeVar("HandlerT_contra", contravariant=True, default=Any)
MaybePendingS = TypeVar("MaybePendingS", PendingS, ResolvedS, default=ResolvedS)
OptChildHandlerT = TypeVar("OptChildHandlerT", default=None)
TrackingRecordT = TypeVar("TrackingRecordT")
UnusedT_co = TypeVar("UnusedT_co", covariant=True, default=None)
ValueT = TypeVar("ValueT", default=Any)
ValueT_contra = TypeVar("ValueT_contra", contravariant=True)
