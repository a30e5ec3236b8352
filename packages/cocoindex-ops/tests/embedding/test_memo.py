"""In a component a vector is computed once; it is computed again for another text or with other options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder

pytestmark = pytest.mark.model


def test_vectors_are_memoized(
    model_folder: str, encoded: list[list[str]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts, options, results = ["one", "two"], dict[str, Any](), list[Any]()

    @coco.fn
    async def main() -> None:
        embedder = SentenceTransformerEmbedder(model_folder, **options)
        results[:] = await coco.map(embedder.embed, texts)

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    app = coco.App(coco.AppConfig(name="embeds", environment=environment), main)

    def update() -> list[str]:
        encoded.clear()
        app.update_blocking()
        return [text for batch in encoded for text in batch]

    assert sorted(update()) == ["one", "two"]
    first = list(results)
    assert update() == []
    assert all(
        (again == before).all() and again.dtype == "float32" for again, before in zip(results, first, strict=True)
    )
    texts.append("three")
    assert update() == ["three"]
    options["normalize_embeddings"] = False
    assert sorted(update()) == ["one", "three", "two"]
    assert "annotation" not in caplog.text
    environment.close()
