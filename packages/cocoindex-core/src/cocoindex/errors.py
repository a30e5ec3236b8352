"""Every exception that a user meets, each derived from `CocoIndexError` and the fitting built-in."""

from __future__ import annotations


class CocoIndexError(Exception):
    """Base of all errors of the framework."""


class InvalidVectorSchemaError(CocoIndexError, ValueError):
    """A vector column was described by an element type or a size that no vector can have."""
