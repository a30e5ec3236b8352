"""Converts exact numbers to key texts: the same text for all values that their `numeric` column stores as equal.

Layer: connectorkits. The number of digits is not limited to that of Python's default decimal context.
"""

from __future__ import annotations

import decimal
import enum
import numbers
from collections.abc import Callable
from typing import Any

from cocoindex._shown import shown

from ._column import TypeLike

__all__ = ["exact_text", "numeric_text"]

_MOST_DIGITS = 131_072  # before the decimal point, and 16383 after it, in a column without precision
_MOST_DECIMALS = 16_383
# The default context would round to 28 digits.
_EXACT = decimal.Context(prec=_MOST_DIGITS + _MOST_DECIMALS + 1, rounding=decimal.ROUND_HALF_UP)


def numeric_text(column: TypeLike) -> Callable[[Any], str]:
    """Return the function that gives the key text of a number, as stored in this `numeric` column.

    Equal numbers have the same text.
    """
    given = [int(part) for part in column.modifiers.split(",")] if column.modifiers else []
    precision = given[0] if given else None
    scale = (given[1] if len(given) > 1 else 0) if given else None

    def text(value: Any) -> str:
        number = _decimal(value)
        if not number.is_finite():
            return "NaN" if number.is_nan() else "Infinity" if number > 0 else "-Infinity"
        _check_size(number)
        if scale is not None and precision is not None:
            number = number.quantize(decimal.Decimal(1).scaleb(-scale), context=_EXACT)
            if number and number.adjusted() >= precision - scale:
                raise OverflowError(f"{shown(value)} does not fit into the type numeric({column.modifiers})")
        return exact_text(number)

    return text


def exact_text(number: decimal.Decimal) -> str:
    """Return the shortest text of a finite number without an exponent.

    Equal numbers have the same text, such as `1.50` and `1.5`, or all zeros.

    Raises:
        OverflowError: the number does not fit into the type `numeric`.
    """
    _check_size(number)
    whole, point, decimals = f"{number:f}".partition(".")
    decimals = decimals.rstrip("0")
    if len(decimals) > _MOST_DECIMALS:
        raise OverflowError(f"the number has {len(decimals)} decimals, and the type numeric takes {_MOST_DECIMALS}")
    text = whole + (point + decimals if decimals else "")
    return "0" if text == "-0" else text


def _check_size(number: decimal.Decimal) -> None:
    if number and not -_MOST_DECIMALS <= number.adjusted() < _MOST_DIGITS:
        raise OverflowError("the number does not fit into the type numeric")


def _decimal(value: Any) -> decimal.Decimal:
    if isinstance(value, enum.Enum):
        value = value.value
    if value.__class__ is decimal.Decimal:
        number: decimal.Decimal = value
    elif isinstance(value, bool):
        raise TypeError("the type numeric takes numbers, not bool")
    elif isinstance(value, float):
        number = decimal.Decimal(repr(float(value)))  # the database reads the same text
    elif isinstance(value, (decimal.Decimal, str)):
        number = _EXACT.create_decimal(str(value))
    elif isinstance(value, numbers.Integral):
        number = decimal.Decimal(int(value))
    elif hasattr(value, "__float__"):  # numpy numbers of less than 64 bits
        number = decimal.Decimal(str(value))
    else:
        raise TypeError(f"the type numeric takes numbers, and the value {shown(value)} is a {type(value).__qualname__}")
    return number
