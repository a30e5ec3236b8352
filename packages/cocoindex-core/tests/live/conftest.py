"""What the tests of live mode share: an environment whose handler takes down what it is told."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

import cocoindex as coco


class Told(NamedTuple):
    """One failure that the handler was told of."""

    error: BaseException
    path: str
    kind: str
    name: str | None


@pytest.fixture
def told() -> list[Told]:
    return []


@pytest.fixture
def env(tmp_path: pathlib.Path, told: list[Told]) -> Iterator[coco.Environment]:
    def handler(error: BaseException, context: coco.ExceptionContext) -> Any:
        told.append(Told(error, context.stable_path, context.mount_kind, context.processor_name))

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"), name="test", exception_handler=handler)
    yield environment
    environment.close()
