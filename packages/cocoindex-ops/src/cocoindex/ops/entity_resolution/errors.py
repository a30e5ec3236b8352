"""Errors of entity resolution, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class EntityArgumentError(CocoIndexError, TypeError, ValueError):
    """An argument of what resolves entities cannot be what it should."""


class PairDecisionError(CocoIndexError, ValueError):
    """A resolver of pairs of names returned something else than it has to."""


class UnknownEntityError(CocoIndexError, KeyError):
    """A name was asked for that was not among those that were resolved."""

    def __str__(self) -> str:
        return str(self.args[0])
