"""Reads the size of a model's vectors from its configuration files, without importing torch. Ops layer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

Config = dict[str, Any]


def described_dimension(name_or_path: str) -> int | None:
    """Return the number of elements of a model's vectors; None if its files do not state it, or are not on this disk.

    Args:
        name_or_path: the folder of a model, or the name of a downloaded model.
    """
    try:
        dimension: int | None = None
        for module in _read(name_or_path, "modules.json") or ():
            library, _, kind = module["type"].rpartition(".")
            if library.partition(".")[0] != "sentence_transformers" or kind not in _AFTER:
                return None
            if (after := _AFTER[kind]) is not None:
                dimension = after(_read(name_or_path, f"{module['path']}/config.json"))
        return dimension
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # the files have an unknown format
        return None


def _after_pooling(config: Config) -> int:
    modes = config.get("pooling_mode")
    if modes is None:
        count = sum(value is True for key, value in config.items() if key.startswith("pooling_mode_"))
    else:
        count = 1 if isinstance(modes, str) else len(modes)
    width = config["embedding_dimension"] if "embedding_dimension" in config else config["word_embedding_dimension"]
    return _positive(width * count)


def _after_dense(config: Config) -> int:
    return _positive(config["out_features"])


def _positive(number: Any) -> int:
    if not isinstance(number, int) or number <= 0:
        raise ValueError(f"{number!r} is not a valid dimension")
    return number


# By kind of module, the function that reads the size of its output from its configuration; None if the module does not
# change the size, or a later pooling module states it.
_AFTER: dict[str, Callable[[Config], int] | None] = {
    "Transformer": None,
    "Pooling": _after_pooling,
    "Dense": _after_dense,
    "Dropout": None,
    "Normalize": None,
}


def _read(name_or_path: str, file: str) -> Any:
    path = _path(name_or_path, file)
    if path is None:
        return None
    with open(path, encoding="utf-8") as opened:
        return json.load(opened)


def _path(name_or_path: str, file: str) -> str | None:
    if os.path.isdir(name_or_path):
        return os.path.join(name_or_path, file)
    from huggingface_hub import try_to_load_from_cache  # comes with sentence-transformers

    repository = name_or_path if "/" in name_or_path else f"sentence-transformers/{name_or_path}"
    found = try_to_load_from_cache(repository, file)
    return found if isinstance(found, str) else None
