"""Handles read values that Python types cannot hold: by the nearest value, by text, or by an error for that row alone.

Postgres connector, source layer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cocoindex.connectorkits import shown

from .errors import PostgresRowError

__all__ = ["FieldsOfText", "OddValue", "as_fields", "as_plain"]


class OddValue:
    """A value that Python's types cannot hold.

    Args:
        text: as the server writes it.
        nearest: the nearest value that they can; None where there is none.
        why: why it cannot stand as text either where any value may; empty where it can.
        advice: what to do where `text` is not what it is, so that it stands for it nowhere; empty where it is.
    """

    __slots__ = ("advice", "nearest", "text", "why")

    def __init__(self, text: str, nearest: Any = None, why: str = "", advice: str = "") -> None:
        self.text = text
        self.nearest = nearest
        self.why = why
        self.advice = advice


class FieldsOfText(NamedTuple):
    """Which fields of a record type take text.

    Attributes:
        always: those of which the type is `str`, perhaps with None.
        arrays: those of which it is a list of `str`.
        also: those that take text among others, such as `Any` and `date | str`.
    """

    always: frozenset[str]
    arrays: frozenset[str]
    also: frozenset[str]


def as_plain(row: dict[str, Any]) -> None:
    """Put into a row, in place, what stands for values that Python cannot hold: the nearest one, or else text.

    Raises:
        PostgresRowError: there is neither.
    """
    for name, value in row.items():
        row[name] = _plain(name, value, takes_text=True)


def as_fields(row: dict[str, Any], fields: FieldsOfText) -> None:
    """The same for the fields of a record type.

    Raises:
        PostgresRowError: a field takes no text, and there is no nearest value.
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
