"""What the tests of environments share: the default environment."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

import cocoindex as coco


@pytest.fixture
def default_env(tmp_path: pathlib.Path) -> Iterator[None]:
    """The default environment in a temporary folder, without a lifespan; it is stopped after the test."""

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "default"
        yield

    yield
    coco.stop_blocking()
