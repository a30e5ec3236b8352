"""Embedding texts by sentence-transformers models. Ops layer, facade: names only."""

from __future__ import annotations

from . import errors as errors
from ._embedder import SentenceTransformerEmbedder as SentenceTransformerEmbedder

__all__ = ["SentenceTransformerEmbedder", "errors"]
