"""Embeddings, transcription and completions of many providers, through LiteLLM. Ops layer, facade: names only."""

from __future__ import annotations

from typing import Any

from . import errors as errors
from ._complete import complete as complete
from ._embedder import LiteLLMEmbedder as LiteLLMEmbedder
from ._library import load_litellm as _load_litellm
from ._transcriber import LiteLLMTranscriber as LiteLLMTranscriber

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = ["LiteLLMEmbedder", "LiteLLMTranscriber", "complete", "errors", "litellm"]


def __getattr__(name: str) -> Any:
    # The library itself, for its global settings (`litellm.vertex_project = ...`); importing it takes seconds.
    if name == "litellm":
        return _load_litellm()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
