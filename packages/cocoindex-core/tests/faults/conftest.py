"""What a clean program does, learnt once."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from . import trial


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> trial.Known:
    return trial.clean_runs(tmp_path_factory.mktemp("clean"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)
