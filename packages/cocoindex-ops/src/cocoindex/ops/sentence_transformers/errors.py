"""Errors of the sentence-transformers embedder. Ops layer."""

from __future__ import annotations

from cocoindex.errors import CocoIndexError


class UnknownPromptError(CocoIndexError, ValueError):
    """An embedder's model has no prompt of that name."""
