"""The argument STABLE_PATH of the command line: in the printed form of paths, or as plain words. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from .._keys import ROOT_PATH, StableKey, StablePath, Symbol, parse_stable_path
from ..errors import StablePathSyntaxError

# The maximum number of paths listed in an error.
_MOST = 5
# What words do not have in them, as it says in a printed path what a part is.
_MARKS = frozenset("\"'\\[],@")
# What is left out when a typed path is compared: a shell takes the quotes of '/@files/"a.txt"' away.
_UNTYPED = str.maketrans("", "", "\"'\\@")


def stored_path_of(text: str, paths: Iterable[StablePath]) -> StablePath | None:
    """Return the path in `paths` that matches `text`, in which quotes and other marks of printed paths may be missing.

    Returns:
        The path; None if no path ends with `text`.

    Raises:
        click.BadParameter: several paths match, or only the last part matches; the message lists them.
    """
    wanted = "/" + text.strip("/")
    typed = wanted.translate(_UNTYPED)
    last = typed.rsplit("/", 1)[-1]
    exact: list[StablePath] = []
    equal: list[StablePath] = []
    like: list[StablePath] = []
    for path in paths:
        bare = _without_marks(path)
        if bare == wanted:
            exact.append(path)
        elif (plain := bare.translate(_UNTYPED)) == typed:
            equal.append(path)
        elif len(like) <= _MOST and last and plain.endswith(f"/{last}"):
            like.append(path)
    found = exact or equal
    if len(found) == 1:
        return found[0]
    if found or like:
        problem = "may be one of" if found else "is not stored; paths with the same end are"
        names = ", ".join(map(str, (found or like)[:_MOST])) + (", ..." if len(found or like) > _MOST else "")
        raise click.BadParameter(
            f"{text!r} {problem} {names}; give it as it is printed, in single quotes", param_hint="STABLE_PATH"
        )
    return None


def _without_marks(path: StablePath) -> str:
    return "".join(f"/{_bare(part)}" for part in path.parts())


def _bare(part: StableKey) -> str:
    if isinstance(part, Symbol):
        return part.name
    return part if isinstance(part, str) else str(ROOT_PATH / part).removeprefix("/")


def stable_path_of(text: str) -> StablePath:
    """Return the path with this text form; the root if `text` is empty.

    Text that is not in the printed form of paths is split at `/`, and each part is a string.
    """
    if not text.strip("/"):
        return ROOT_PATH
    try:
        return parse_stable_path(text)
    except StablePathSyntaxError as error:
        words = text.strip("/").split("/")
        if all(words) and _MARKS.isdisjoint(text):
            return StablePath.from_parts(words)
        raise click.BadParameter(str(error), param_hint="STABLE_PATH") from None
