"""Embeds texts with sentence-transformers models. Ops layer, facade: names only."""

from __future__ import annotations

from . import errors as errors
from ._embedder import SentenceTransformerEmbedder as SentenceTransformerEmbedder

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = ["SentenceTransformerEmbedder", "errors"]
