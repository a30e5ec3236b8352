"""The errors for values that cannot be keys, with advice what to use instead.

Layer `_keys`.
"""

from __future__ import annotations

import datetime
import enum
import os
from collections.abc import Mapping, Set

from cocoindex._shown import shown
from cocoindex.errors import InvalidStableKeyError

# The first matching advice is used.
_ADVICE: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (float, "a float may change by rounding: use str(value), or an int of a smaller unit"),
    (os.PathLike, "use its text, such as path.as_posix() relative to a folder that does not move"),
    (list, "use tuple(value)"),
    ((bytearray, memoryview), "use bytes(value)"),
    (enum.Enum, "use its .value or its .name"),
    ((datetime.date, datetime.time), "use value.isoformat()"),
    (Mapping, "use tuple(sorted(value.items()))"),
    (Set, "use tuple(sorted(value))"),
)


def refuse_key(value: object) -> InvalidStableKeyError:
    """Return the error for a value of a type that no key may have."""
    advice = next((text for kind, text in _ADVICE if isinstance(value, kind)), None)
    return InvalidStableKeyError(
        f"{shown(value, 80)} ({type(value).__qualname__}) cannot be a stable key; allowed are None, bool, int, str,"
        " bytes, uuid.UUID, Symbol and tuples of these; "
        + (advice or "use what identifies it, such as an id, a name, or a tuple of its fields")
    )


def refuse_depth(limit: int) -> InvalidStableKeyError:
    """Return the error for a tuple that is nested too deeply."""
    return InvalidStableKeyError(f"tuples in a stable key nest at most {limit} deep; use a flatter tuple")
