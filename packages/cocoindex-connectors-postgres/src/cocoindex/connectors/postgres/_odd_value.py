"""Converts values that Python types cannot hold: to the nearest value, to text, or to an error for that row alone.

Postgres connector, source layer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cocoindex.connectorkits import shown

from .errors import PostgresRowError

__all__ = ["FieldsOfText", "OddValue", "as_fields", "as_plain"]


class OddValue:
    """A value that Python types cannot hold.

    Args:
        text: the value as the server writes it.
        nearest: the nearest value that Python can hold; None if there is none.
        why: why `text` cannot be used where any value is accepted; empty if it can.
        advice: what to do if `text` is not the exact text, so that it can never be used; empty if it is exact.
    """

    __slots__ = ("advice", "nearest", "text", "why")

    def __init__(self, text: str, nearest: Any = None, why: str = "", advice: str = "") -> None:
        self.text = text
        self.nearest = nearest
        self.why = why
        self.advice = advice


class FieldsOfText(NamedTuple):
    """The names of the fields of a record type that accept text.

    Attributes:
        always: fields of the type `str`, perhaps with None.
        arrays: fields of a list of `str`.
        also: fields that accept text and other types, such as `Any` and `date | str`.
    """

    always: frozenset[str]
    arrays: frozenset[str]
    also: frozenset[str]


def as_plain(row: dict[str, Any]) -> None:
    """Replace values in a row, in place, that Python cannot hold: by the nearest value, or else by text.

    Raises:
        PostgresRowError: neither is possible.
    """
    for name, value in row.items():
        row[name] = _plain(name, value, takes_text=True)


def as_fields(row: dict[str, Any], fields: FieldsOfText) -> None:
    """Do the same as `as_plain` for the fields of a record type.

    Raises:
        PostgresRowError: a field does not accept text, and there is no nearest value.
    """
    for name, value in row.items():
        if isinstance(value, OddValue) and name in fields.always and not value.advice:
            row[name] = value.text
        else:
            row[name] = _plain(name, value, takes_text=name in fields.also)


def _plain(name: str, value: Any, *, takes_text: bool) -> Any:
    if isinstance(value, list):
        return [_plain(name, item, takes_text=takes_text) for item in value]
    if not isinstance(value, OddValue):
        return value
    if value.nearest is not None:
        return value.nearest
    if takes_text and not value.why:
        return value.text
    why = value.why or "which Python's dates and times cannot"
    advice = value.advice or "give the field the type str, which takes it as text"
    raise PostgresRowError(f"a row cannot be read: its column {name!r} holds {shown(value.text)}, {why}; {advice}")
