"""Loads models, each once per process. Ops layer; imports sentence-transformers and torch with the first model."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from cocoindex.errors import MissingExtraError
from cocoindex.resources.embedder import EmbedderError

from ._described_dimension import described_dimension

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class ModelOptions(NamedTuple):
    """Identifies a model: its name or folder, the device, and whether Python code that comes with it may run."""

    name_or_path: str
    device: str | None
    trust_remote_code: bool


_models: dict[ModelOptions, SentenceTransformer] = {}
_lock = threading.Lock()


def load_model(options: ModelOptions) -> SentenceTransformer:
    """Return the model, loaded once for all threads; block while it is being loaded.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        EmbedderError: the model does not exist or cannot be loaded.
    """
    model = _models.get(options)
    if model is None:
        with _lock:
            model = _models.get(options) or _load(options)
            _models[options] = model
    return model


def find_dimension(options: ModelOptions) -> int:
    """Return the number of elements of the model's vectors; raise as `load_model`, or `EmbedderError` if unknown.

    The model is loaded only if its files do not state it, so that an update that embeds nothing does not import torch.
    """
    if options not in _models:
        _check_installed()
        described = described_dimension(options.name_or_path)
        if described is not None:
            return described
    model = load_model(options)
    ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    dimension = ask()
    if dimension is None:
        raise EmbedderError(
            f"the model {options.name_or_path!r} does not say how many elements its vectors have; "
            "use one that does, or give columns a VectorSchema of their own"
        )
    return int(dimension)


def release_memory() -> None:
    """Return unused cached memory to the accelerator."""
    torch: Any = sys.modules.get("torch")  # some models do not need torch
    if torch is None:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


def _check_installed() -> None:
    if importlib.util.find_spec("sentence_transformers") is None:
        raise _missing(ImportError("No module named 'sentence_transformers'"))


def _missing(error: ImportError) -> MissingExtraError:
    return MissingExtraError("SentenceTransformerEmbedder", "cocoindex-ops", "sentence-transformers", error)


def _load(options: ModelOptions) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise _missing(error) from error
    name, device, trust = options
    try:
        return SentenceTransformer(name, device=device, trust_remote_code=trust)
    except Exception as error:
        raise EmbedderError(_explain(name, error)) from error


def _explain(name: str, error: Exception) -> str:
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    only_local = "; HF_HUB_OFFLINE is set, so that only models downloaded before are found" if offline else ""
    return (
        f"the model {name!r} cannot be loaded ({type(error).__name__}: {error}); give the name of a model on the "
        f"Hugging Face hub, or the path of a folder that holds one{only_local}"
    )
