"""`StableKey`: the type of one part of a path, and of the key of a target state.

Layer `_keys`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ForwardRef, TypeAlias

from ._symbol import Symbol

if TYPE_CHECKING:
    StableKey: TypeAlias = bool | int | str | bytes | uuid.UUID | Symbol | tuple["StableKey", ...] | None
else:
    # The reference names its module, so that annotations resolve in modules that do not import the alias by name.
    _Nested = tuple[ForwardRef("StableKey", module=__name__), ...]
    StableKey = bool | int | str | bytes | uuid.UUID | Symbol | _Nested | None
