"""Calls that wait at the same time go through the model together, and a failure hits no call but its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.sentence_transformers._models import ModelOptions, load_model
from cocoindex.ops.sentence_transformers.errors import UnknownPromptError

pytestmark = pytest.mark.model


async def together(embedder: SentenceTransformerEmbedder, texts: list[str], *args: Any) -> list[Any]:
    return await asyncio.gather(*(embedder.embed(text, *args) for text in texts), return_exceptions=True)


def test_concurrent_calls_share_batches(model_folder: str, encoded: list[list[str]]) -> None:
    import numpy as np

    texts = [f"text number {i}" for i in range(150)]
    embedder = SentenceTransformerEmbedder(model_folder)
    vectors = asyncio.run(together(embedder, texts))
    assert sorted(text for batch in encoded for text in batch) == sorted(texts)
    assert len(encoded) <= 5
    assert max(map(len, encoded)) == 64
    np.testing.assert_allclose(vectors[77], asyncio.run(embedder.embed(texts[77])), atol=1e-5)


def test_calls_of_another_manner_are_encoded_apart(model_folder: str, encoded: list[list[str]]) -> None:
    import numpy as np

    async def run() -> list[Any]:
        embedder = SentenceTransformerEmbedder(model_folder)
        calls = (("a", None, True), ("b", None, True), ("c", "query", True), ("d", None, False))
        return await asyncio.gather(*(embedder.embed(*call) for call in calls))

    vectors = asyncio.run(run())
    assert len(vectors) == 4
    assert not any({"c", "d"} & set(batch) and len(batch) > 1 for batch in encoded)
    assert all(np.linalg.norm(vector) == pytest.approx(1, abs=1e-4) for vector in vectors[:3])


def test_an_unknown_prompt_fails_its_own_calls_only(model_folder: str) -> None:
    async def run() -> list[Any]:
        embedder = SentenceTransformerEmbedder(model_folder)
        prompts = [None, "query", "other", None, None, "other"]
        calls = (embedder.embed("text", prompt) for prompt in prompts)
        return await asyncio.gather(*calls, return_exceptions=True)

    assert [type(result) is UnknownPromptError for result in asyncio.run(run())] == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_batch_that_does_not_fit_into_memory_is_halved(model_folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = load_model(ModelOptions(model_folder, None, False))
    encode, sizes = model.encode, []

    def encode_few(texts: list[str], **options: Any) -> Any:
        sizes.append(len(texts))
        if len(texts) > 4:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return encode(texts, **options)

    monkeypatch.setattr(model, "encode", encode_few)
    vectors = asyncio.run(together(SentenceTransformerEmbedder(model_folder), [f"text {i}" for i in range(17)]))
    assert all(vector.shape == (384,) for vector in vectors)
    assert sum(size for size in sizes if size <= 4) == 17


def test_loops_one_after_the_other(model_folder: str) -> None:
    embedder = SentenceTransformerEmbedder(model_folder)
    for _ in range(2):
        assert len(asyncio.run(together(embedder, ["a", "b"]))) == 2
