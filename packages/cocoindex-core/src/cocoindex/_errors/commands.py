"""What the command line and `cocoindex.inspect` cannot take. Below every layer, behind `cocoindex.errors`."""

from __future__ import annotations

from .base import CocoIndexError


class AppLoadError(CocoIndexError, ImportError):
    """The module with the apps, as named on the command line, cannot be imported."""


class AppChoiceError(CocoIndexError, LookupError):
    """The command line names no app, or several."""


class InspectArgumentError(CocoIndexError, TypeError):
    """An argument of a function of `cocoindex.inspect` is not an app, an environment or a path."""
