"""The loaded models of this process: each is loaded once, by whoever needs it first. Ops layer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from cocoindex.errors import EmbedderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class ModelConfig(NamedTuple):
    """What identifies a loaded model."""

    name: str
    device: str | None
    trust_remote_code: bool


_models: dict[ModelConfig, Any] = {}
_lock = threading.Lock()


def model(config: ModelConfig) -> SentenceTransformer:
    """The model, loaded at the first call.

    Raises:
        EmbedderError: the library is not installed, or the model cannot be found or read.
    """
    with _lock:
        found = _models.get(config)
        if found is None:
            found = _models[config] = _load(config)
        return found


def _load(config: ModelConfig) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as exc:
        raise EmbedderError(
            f"the model {config.name!r} needs sentence-transformers ({exc}); install it with: "
            'pip install "cocoindex-core[sentence-transformers]"'
        ) from exc
    try:
        return SentenceTransformer(config.name, device=config.device, trust_remote_code=config.trust_remote_code)
    except Exception as exc:
        raise EmbedderError(
            f"the sentence-transformers model {config.name!r} cannot be loaded: {exc}. Give the name of a model on the "
            "Hugging Face hub, or the folder of one on this machine (with HF_HUB_OFFLINE=1 only what is here is found)"
        ) from exc


def dimension_of(config: ModelConfig) -> int:
    """How many elements the model's vectors have."""
    loaded: Any = model(config)
    # The method was renamed in version 5 of the library.
    ask = getattr(loaded, "get_embedding_dimension", None) or loaded.get_sentence_embedding_dimension
    dimension = ask()
    if dimension is None:
        raise EmbedderError(f"the model {config.name!r} does not say how many elements its vectors have")
    return int(dimension)
