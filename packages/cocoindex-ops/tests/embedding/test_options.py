"""An embedder is its options: they compare, pickle, identify memoized vectors, and are checked."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from cocoindex.errors import CocoIndexError
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.resources.embedder import Embedder, EmbedderArgumentError
from cocoindex.resources.schema import VectorSchemaProvider

EMBEDDER = SentenceTransformerEmbedder("a/model", device="cpu", trust_remote_code=True, normalize_embeddings=False)


def test_pickles_to_its_options() -> None:
    assert pickle.loads(pickle.dumps(EMBEDDER)) == EMBEDDER
    assert EMBEDDER.__getstate__() == {
        "model_name_or_path": "a/model",
        "device": "cpu",
        "trust_remote_code": True,
        "normalize_embeddings": False,
    }


def test_what_changes_vectors_makes_another_memo_key() -> None:
    others: list[dict[str, Any]] = [{}, {"trust_remote_code": True}, {"normalize_embeddings": False}]
    embedders = [SentenceTransformerEmbedder("a", **options) for options in others] + [SentenceTransformerEmbedder("b")]
    assert len({embedder.__coco_memo_key__() for embedder in embedders}) == len(embedders)
    assert SentenceTransformerEmbedder("a").__coco_memo_key__() == embedders[0].__coco_memo_key__()
    assert SentenceTransformerEmbedder("a", device="cpu").__coco_memo_key__() == embedders[0].__coco_memo_key__()


def test_is_what_consumers_look_for() -> None:
    assert isinstance(EMBEDDER, Embedder)
    assert isinstance(EMBEDDER, VectorSchemaProvider)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"model_name_or_path": 3}, "model_name_or_path"),
        ({"model_name_or_path": ""}, "model_name_or_path"),
        ({"model_name_or_path": "a", "device": 0}, "device"),
        ({"model_name_or_path": "a", "trust_remote_code": "yes"}, "trust_remote_code"),
        ({"model_name_or_path": "a", "normalize_embeddings": None}, "normalize_embeddings"),
    ],
)
def test_wrong_types(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(EmbedderArgumentError, match=f"^{name} is ") as caught:
        SentenceTransformerEmbedder(**arguments)
    assert isinstance(caught.value, CocoIndexError)
    assert isinstance(caught.value, TypeError)
