"""What the tests of runners share: functions that a subprocess can import, and a pool of their own."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator

import pytest

import cocoindex as coco

# The subprocesses are given the path once, when they start, and serve several tests.
sys.path.append(str(pathlib.Path(__file__).with_name("workload")))


@pytest.fixture(autouse=True)
def one_gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pool of one GPU, and no subprocess unless a test says so."""
    monkeypatch.delenv("COCOINDEX_RUN_GPU_IN_SUBPROCESS", raising=False)
    coco.configure_gpu_pool(1)
    yield
    coco.configure_gpu_pool(1)


@pytest.fixture
def in_subprocess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COCOINDEX_RUN_GPU_IN_SUBPROCESS", "1")
