"""STABLE_PATH, as the command line takes it: as paths are printed, or in plain words. Layer `cli`."""

from __future__ import annotations

import click

from .._keys import ROOT_PATH, StablePath, parse_stable_path
from ..errors import StablePathSyntaxError

# What words do not have in them, as it says in a printed path what a part is.
_MARKS = frozenset("\"'\\[],@")


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
