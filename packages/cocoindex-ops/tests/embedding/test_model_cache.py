"""A model is loaded once a process, whatever the number of embedders and threads; another device loads another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cocoindex.ops.sentence_transformers._models import ModelOptions, load_model

pytestmark = pytest.mark.model


def test_threads_and_equal_options_share_a_model(model_folder: str) -> None:
    options = ModelOptions(model_folder, "cpu", True)
    with ThreadPoolExecutor(8) as pool:
        models = set(map(id, pool.map(lambda _: load_model(ModelOptions(*options)), range(8))))
    assert len(models) == 1
    assert load_model(options) is not load_model(ModelOptions(model_folder, None, False))
