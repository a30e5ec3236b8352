"""A real model turns texts into vectors: float32, of its dimension, alike for what is alike."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, get_args

import pytest

from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder
from cocoindex.ops.sentence_transformers.errors import UnknownPromptError
from cocoindex.resources.embedder import EmbedderArgumentError, EmbedderError
from cocoindex.resources.schema import get_vector_schema

pytestmark = pytest.mark.model


def embed(folder: str, *args: Any, **options: Any) -> Any:
    return asyncio.run(SentenceTransformerEmbedder(folder, **options).embed(*args))


def test_vectors_have_length_one_unless_told_otherwise(model_folder: str) -> None:
    import numpy as np

    vector = embed(model_folder, "Hello, world!")
    assert vector.shape == (384,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    plain = embed(model_folder, "Hello, world!", normalize_embeddings=False)
    again = embed(model_folder, "Hello, world!", None, True, normalize_embeddings=False)
    assert plain.dtype == np.float32
    np.testing.assert_allclose(again, vector, atol=1e-6)


def test_like_texts_have_like_vectors(model_folder: str) -> None:
    cat, kitten, tax = (embed(model_folder, text) for text in ("A cat sleeps.", "A kitten naps.", "Taxes are due."))
    assert cat @ kitten > cat @ tax + 0.2


def test_a_prompt_of_the_model(model_folder: str) -> None:
    assert embed(model_folder, "text", "query").shape == (384,)


def test_an_empty_text_has_a_vector(model_folder: str) -> None:
    assert embed(model_folder, "").shape == (384,)


def test_vector_schema_of_an_annotation(model_folder: str) -> None:
    import numpy as np

    embedder = SentenceTransformerEmbedder(model_folder)
    schema = asyncio.run(get_vector_schema(get_args(Annotated[Any, embedder])[1]))
    assert schema is not None
    assert (schema.size, schema.dtype) == (384, np.dtype(np.float32))
    assert asyncio.run(embedder.dimension()) == 384


def test_a_vector_has_memory_of_its_own(model_folder: str) -> None:
    vector = embed(model_folder, "text")
    assert vector.base is None
    assert vector.flags.owndata


@pytest.mark.parametrize("name", ["/no/such/folder", "no-such/model"])
def test_a_model_that_is_not_there(model_folder: str, name: str) -> None:
    with pytest.raises(EmbedderError, match=f"(?s)'{name}' cannot be loaded.*HF_HUB_OFFLINE is set") as caught:
        embed(name, "text")
    assert isinstance(caught.value, RuntimeError)


def test_an_unknown_prompt_names_those_there_are(model_folder: str) -> None:
    with pytest.raises(UnknownPromptError, match="no prompt 'other'; it has: 'query', 'document'") as caught:
        embed(model_folder, "text", "other")
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("arguments", [(3,), (["a"],), ("a", 3), ("a", None, "yes")])
def test_wrong_types(model_folder: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(EmbedderArgumentError):
        embed(model_folder, *arguments)
