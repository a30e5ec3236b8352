"""Which cells are asked for: `python=3.12 deps=oldest`, each with one value or several, `python=3.11,3.13`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from matrix.cells import Cell
from release.problem import Problem

NAMES = tuple(field.name for field in fields(Cell))


def read_selection(arguments: Sequence[str], cells: Sequence[Cell]) -> dict[str, list[str]]:
    """Return the values that are asked for, by name.

    Raises:
        Problem: there is no such name or value, or no cell has these values together.
    """
    selection: dict[str, list[str]] = {}
    for argument in arguments:
        name, given, text = argument.partition("=")
        values = text.split(",")
        if name not in NAMES or not given:
            raise Problem(f"{argument!r} selects nothing: write NAME=VALUE with one of {', '.join(NAMES)}")
        known = list(dict.fromkeys(str(getattr(cell, name)) for cell in cells))
        for value in values:
            if value not in known:
                raise Problem(f"there is no {name} {value!r}; there are {', '.join(known)}")
        selection.setdefault(name, []).extend(values)
    if not chosen(selection, cells):
        raise Problem(f"no cell has all of {' '.join(arguments)}")
    return selection


def chosen(selection: dict[str, list[str]], cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that have one of the values asked for under each name."""
    return [cell for cell in cells if all(getattr(cell, name) in values for name, values in selection.items())]
