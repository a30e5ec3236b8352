"""With a real model, too, a text that cannot be embedded fails alone, and the others have the vectors of every run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.embedder import EmbedderArgumentError
from cocoindex.testing import RecordingTarget

pytestmark = pytest.mark.model

ODD = ["", " ", "\0", "\N{ZERO WIDTH SPACE}", "�" * 9, "🙂" * 300, "word " * 5000, "a" * 100_000]
BAD = ["half \ud83d of a pair", "\udce9 of a file name"]


def test_each_of_a_batch(model_folder: str) -> None:
    embedder = SentenceTransformerEmbedder(model_folder)
    texts = [*(f"text {number}" for number in range(20)), *BAD, *ODD]

    async def together() -> list[object]:
        found: list[object] = await asyncio.gather(*(embedder.embed(text) for text in texts), return_exceptions=True)
        return found

    outcomes = asyncio.run(together())
    failed = [text for text, outcome in zip(texts, outcomes, strict=True) if isinstance(outcome, BaseException)]
    assert failed == BAD
    assert all(isinstance(outcomes[texts.index(text)], EmbedderArgumentError) for text in BAD)

    alone = asyncio.run(embedder.embed("text 7"))
    assert outcomes[7] == pytest.approx(alone, abs=1e-5)


def test_files_of_an_app(model_folder: str, tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(model_folder)
    target = RecordingTarget()
    failures: list[BaseException] = []

    @coco.fn(memo=True)
    async def embed(item: tuple[str, str]) -> None:
        key, text = item
        target.declare(key, len(await embedder.embed(text)))

    @coco.fn
    async def main() -> None:
        texts = {str(number): f"text {number}" for number in range(20)} | {"bad": BAD[0]}
        await coco.mount_each(embed, ((item[0], item) for item in texts.items()))

    environment = coco.Environment(
        coco.Settings(db_path=tmp_path / "store"), exception_handler=lambda error, _: failures.append(error)
    )
    app = coco.App(coco.AppConfig("app", environment=environment), main)
    app.update_blocking()
    environment.close()
    assert target.data.keys() == {str(number) for number in range(20)}
    assert [type(error) for error in failures] == [EmbedderArgumentError]
