"""`runner=` of an embedder: where its model runs, in batches; it is no part of what the embedder is."""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

import cocoindex as coco
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.embedder import EmbedderArgumentError


class Noting(coco.Runner):
    batches_in_flight = 2

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.events: list[str] = []

    def start(self) -> None:
        self.events.append("start")

    def stop(self) -> None:
        self.events.append("stop")

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        self.batches.append(len(args[1]))
        await asyncio.sleep(0)
        return fn(*args, **kwargs)


class Model:
    prompts: Mapping[str, str] = {}

    def encode(self, texts: list[str], **_options: Any) -> Any:
        return np.asarray([[len(text)] for text in texts], dtype=np.float32)


@pytest.fixture(autouse=True)
def fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cocoindex.ops.sentence_transformers._embedder.load_model", lambda _options: Model())


def test_its_batches_go_there() -> None:
    runner = Noting()
    embedder = SentenceTransformerEmbedder("fake", runner=runner)

    async def main() -> list[float]:
        vectors = await asyncio.gather(*(embedder.embed("x" * n) for n in range(10)))
        return [float(vector[0]) for vector in vectors]

    assert asyncio.run(main()) == [float(n) for n in range(10)]
    assert runner.batches == [5, 5]
    assert runner.events == ["start"]


def test_it_stays_where_calls_are_made() -> None:
    embedder = SentenceTransformerEmbedder("fake", runner=Noting())
    copy = pickle.loads(pickle.dumps(embedder))
    assert copy == embedder == SentenceTransformerEmbedder("fake") and copy.runner is None
    assert repr(embedder) == repr(copy)
    assert coco.memo_fingerprint(embedder) == coco.memo_fingerprint(copy)


def test_what_is_no_runner_is_refused() -> None:
    runner: Any = "gpu"
    with pytest.raises(EmbedderArgumentError, match="runner"):
        SentenceTransformerEmbedder("fake", runner=runner)


@pytest.mark.model
def test_a_real_model_in_worker_processes(model_folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = SentenceTransformerEmbedder(model_folder, device="cpu")
    monkeypatch.undo()
    there = SentenceTransformerEmbedder(model_folder, device="cpu", runner=coco.ProcessRunner(1))

    async def main() -> Any:
        return await there.embed("a text"), await here.embed("a text")

    assert os.environ["HF_HUB_OFFLINE"] == "1"
    far, near = asyncio.run(main())
    np.testing.assert_allclose(far, near, atol=1e-5)
