"""How long a model's vectors are is read from the files that describe it: the model itself is not loaded for that."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.embedder import EmbedderError

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("model_folder")]

ASK = """
import asyncio, sys
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
print(asyncio.run(SentenceTransformerEmbedder(sys.argv[1]).dimension()), "torch" in sys.modules)
"""
Module = tuple[str, dict[str, Any]]
Modules = list[Module]

BEFORE = {"word_embedding_dimension": 10, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
NOW = {"embedding_dimension": 10, "pooling_mode": "mean", "include_prompt": True}


def ask(name: str, **environment: str) -> str:
    """The dimension in a process of its own, and whether torch was imported there."""
    command = [sys.executable, "-c", ASK, name]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout.strip()


def describe(folder: Path, *modules: Module) -> str:
    """Write the files that describe a model of these modules, each a class and its configuration."""
    listed: list[dict[str, Any]] = [{"path": "", "type": "sentence_transformers.models.Transformer"}]
    for number, (kind, config) in enumerate(modules, 1):
        path = f"{number}_{kind.rpartition('.')[2]}"
        listed.append({"path": path, "type": kind})
        (folder / path).mkdir(parents=True)
        (folder / path / "config.json").write_text(json.dumps(config))
    (folder / "modules.json").write_text(json.dumps(listed))
    return str(folder)


def test_it_is_that_of_the_model(model_folder: str) -> None:
    assert ask(model_folder) == "384 False"
    embedder = SentenceTransformerEmbedder(model_folder)

    async def both() -> tuple[int, int]:
        described = await embedder.dimension()
        return described, len(await embedder.embed("text"))

    assert asyncio.run(both()) == (384, 384)


@pytest.mark.parametrize(
    ("modules", "dimension"),
    [
        ([("sentence_transformers.models.Pooling", BEFORE)], 10),
        ([("sentence_transformers.models.Pooling", {**BEFORE, "pooling_mode_max_tokens": True})], 20),
        ([("sentence_transformers.sentence_transformer.modules.pooling.Pooling", NOW)], 10),
        ([("sentence_transformers.models.Pooling", {**NOW, "pooling_mode": ["mean", "cls", "max"]})], 30),
        (
            [
                ("sentence_transformers.models.Pooling", NOW),
                ("sentence_transformers.models.Dense", {"in_features": 10, "out_features": 7}),
                ("sentence_transformers.models.Normalize", {}),
            ],
            7,
        ),
    ],
)
def test_what_the_modules_make_of_it(tmp_path: Path, modules: Modules, dimension: int) -> None:
    embedder = SentenceTransformerEmbedder(describe(tmp_path, *modules))
    assert asyncio.run(embedder.dimension()) == dimension


def test_a_model_that_was_downloaded(tmp_path: Path) -> None:
    repository = tmp_path / "models--sentence-transformers--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40)
    folder = repository / "snapshots" / ("0" * 40)
    folder.mkdir(parents=True)
    describe(folder, ("sentence_transformers.models.Pooling", BEFORE))
    for name in ("sentence-transformers/tiny", "tiny"):
        assert ask(name, HF_HUB_CACHE=str(tmp_path)) == "10 False"


@pytest.mark.parametrize(
    "modules",
    [
        [],
        [("my_package.Pooling", BEFORE)],
        [("sentence_transformers.models.LSTM", {"hidden_dim": 5})],
        [("sentence_transformers.models.Pooling", {"pooling_mode": "mean"})],
        [("sentence_transformers.models.Pooling", {**BEFORE, "word_embedding_dimension": "10"})],
        [("sentence_transformers.models.Pooling", {"word_embedding_dimension": 10})],
    ],
)
def test_where_they_do_not_say_it_the_model_is_loaded(
    tmp_path: Path, modules: list[tuple[str, dict[str, Any]]]
) -> None:
    embedder = SentenceTransformerEmbedder(describe(tmp_path, *modules))
    with pytest.raises(EmbedderError, match="cannot be loaded"):  # as there are no weights
        asyncio.run(embedder.dimension())
