"""What the tests of progress share: the default environment, without a path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import cocoindex as coco


@pytest.fixture
def default_env_without_a_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The default environment with a lifespan that says no path, and no path in the variables of the process."""

    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        yield

    monkeypatch.delenv("COCOINDEX_DB", raising=False)
    yield
    coco.stop_blocking()
