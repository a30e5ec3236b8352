"""What counts as a number where a program gives one: a bool does not, nor what is not a number (NaN).

Beside `errors`, above all layers.
"""

from __future__ import annotations

import math
from typing import TypeGuard

__all__ = ["is_number", "is_whole"]


def is_whole(value: object) -> TypeGuard[int]:
    """Whether an argument is a whole number: True and False are none, though Python takes them as 1 and 0."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether an argument is a number that a float can hold; NaN, True and False are none."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return not math.isnan(value)
    except OverflowError:
        return False
