"""A text that cannot be embedded fails alone, whatever the model raises; the others of its batch have their vectors."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.embedder import EmbedderArgumentError


class Panic(BaseException):
    """What a library in another language raises."""


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class Model:
    """Embeds a text as its length; fails on what it is told to, as a whole, as models do."""

    def __init__(self, failures: dict[str, BaseException], most: int = 64) -> None:
        self.prompts: dict[str, str] = {}
        self.failures = failures
        self.most = most
        self.calls = 0

    def encode(self, texts: list[str], **_options: Any) -> Any:
        self.calls += 1
        if len(texts) > self.most:
            raise MemoryError
        for text in texts:
            if text in self.failures:
                raise self.failures[text]
        return np.asarray([[len(text.encode())] for text in texts], dtype=np.float64)


async def together(monkeypatch: pytest.MonkeyPatch, model: Model, texts: list[str]) -> list[Any]:
    monkeypatch.setattr("cocoindex.ops.sentence_transformers._embedder.load_model", lambda _options: model)
    embedder = SentenceTransformerEmbedder("fake")
    return await asyncio.gather(*(embedder.embed(text) for text in texts), return_exceptions=True)


def test_half_a_surrogate_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model({})
    outcomes = asyncio.run(together(monkeypatch, model, [*map(str, range(99)), "bad \ud83d"]))
    assert isinstance(outcomes[99], EmbedderArgumentError) and isinstance(outcomes[99], ValueError)
    assert "half of a surrogate pair" in str(outcomes[99])
    assert [len(outcome) for outcome in outcomes[:99]] == [1] * 99


@pytest.mark.parametrize(
    "failure", [TypeError("no"), Panic("no"), Unprintable(), StopIteration(), CocoIndexError("no")]
)
def test_a_text_on_which_the_model_fails(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    model = Model({"30": failure, "31": failure})
    outcomes = asyncio.run(together(monkeypatch, model, [*map(str, range(64))]))
    bad = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, BaseException)]
    assert bad == [30, 31]
    assert failure in (outcomes[30], outcomes[30].__cause__)
    assert model.calls < 30


def test_a_batch_for_which_memory_does_not_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model({}, most=4)
    outcomes = asyncio.run(together(monkeypatch, model, [*map(str, range(17))]))
    assert all(outcome.dtype == np.float32 for outcome in outcomes)
