"""What identifies an embedder, and errors that need no model."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import EmbedderArgumentError, EmbedderError
from cocoindex.ops.sentence_transformers import SentenceTransformerEmbedder


def test_identified_by_model_and_options_not_by_device() -> None:
    base = coco.memo_fingerprint(SentenceTransformerEmbedder("m"))
    assert base == coco.memo_fingerprint(SentenceTransformerEmbedder("m", device="cpu"))
    assert base != coco.memo_fingerprint(SentenceTransformerEmbedder("n"))
    assert base != coco.memo_fingerprint(SentenceTransformerEmbedder("m", normalize_embeddings=False))


@pytest.mark.parametrize("name", ["", None, 5])
def test_wrong_model_name(name: Any) -> None:
    with pytest.raises(EmbedderArgumentError, match="name of a model"):
        SentenceTransformerEmbedder(name)


def test_import_loads_neither_torch_nor_numpy() -> None:
    program = (
        "import sys, cocoindex.ops.sentence_transformers\n"
        "assert not {'torch', 'numpy', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_missing_library_or_model_is_one_clear_error(tmp_path: Any) -> None:
    with pytest.raises(EmbedderError, match="no-such-model"):
        SentenceTransformerEmbedder(str(tmp_path / "no-such-model")).dimension()
