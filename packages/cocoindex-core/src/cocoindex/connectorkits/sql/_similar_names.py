"""What an error says of existing names where the wanted one does not exist. Layer: connectorkits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_NAMES = 50
_COMPARED = 10_000


def similar_names(name: str, there: Sequence[str]) -> list[str]:
    """Return the existing names that differ from `name` only by case; if there are none, up to three similar ones."""
    same = [each for each in there if each.casefold() == name.strip().casefold()]
    if same:
        return same
    from difflib import get_close_matches  # only for an error

    return get_close_matches(name, there[:_COMPARED])


def did_you_mean(found: Iterable[str]) -> str:
    """Return `; did you mean A or B?` for names as they are to be written, each once; empty if there are none."""
    names = dict.fromkeys(found)
    return f"; did you mean {' or '.join(names)}?" if names else ""


def listed_names(names: Sequence[str]) -> str:
    """Return the first 50 names, and how many more there are; `none` if there are none."""
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return (", ".join(names[:_NAMES]) or "none") + more
