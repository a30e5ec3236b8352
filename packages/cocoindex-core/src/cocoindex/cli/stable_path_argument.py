"""STABLE_PATH, as the command line takes it: as paths are printed, or in plain words. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import click

from .._keys import ROOT_PATH, StableKey, StablePath, Symbol, parse_stable_path
from ..errors import StablePathSyntaxError

# What words do not have in them, as it says in a printed path what a part is.
_MOST = 5
_MARKS = frozenset("\"'\\[],@")


def stored_path_of(text: str, paths: Iterable[StablePath]) -> StablePath | None:
    """Return the one of `paths` that `text` says without the marks of paths as they are printed; None where none does.

    Raises:
        click.BadParameter: several of them do; names them.
    """
    wanted = "/" + text.strip("/")
    found = list(islice((path for path in paths if _without_marks(path) == wanted), _MOST + 1))
    if len(found) > 1:
        names = ", ".join(map(str, found[:_MOST])) + (", ..." if len(found) > _MOST else "")
        raise click.BadParameter(f"{text!r} may be one of {names}; give it as it is printed", param_hint="STABLE_PATH")
    return found[0] if found else None


def _without_marks(path: StablePath) -> str:
    return "".join(f"/{_bare(part)}" for part in path.parts())


def _bare(part: StableKey) -> str:
    if isinstance(part, Symbol):
        return part.name
    return part if isinstance(part, str) else str(ROOT_PATH / part).removeprefix("/")


def stable_path_of(text: str) -> StablePath:
    """Return the path that `text` says; the root where it says nothing.

    Where it is not a path as paths are printed, it may be words with `/` between them: each is a string.
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
