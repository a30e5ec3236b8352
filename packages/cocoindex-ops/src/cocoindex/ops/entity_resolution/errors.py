"""Errors of entity resolution, all derived from `cocoindex.errors.CocoIndexError`. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class EntityArgumentError(CocoIndexError, TypeError, ValueError):
    """Invalid argument to the entity resolver."""


class PairDecisionError(CocoIndexError, ValueError):
    """A pair resolver returned an invalid decision."""


class UnknownEntityError(CocoIndexError, KeyError):
    """The name is not among the resolved names."""

    def __str__(self) -> str:
        return str(self.args[0])
