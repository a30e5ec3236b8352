"""A worker with another version of a function than its caller says so: the result would be taken for that one."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("process_workload")  # found on the path that conftest.py adds


@pytest.fixture
def edited() -> Iterator[Any]:
    """The function as it was before its file was edited: the worker has the edited one."""
    now = workload.where
    workload.where = coco.fn.as_async(runner=workload.PLAIN, version=7)(now.fn)
    yield workload.where
    workload.where = now


def test_its_calls_fail(edited: Any) -> None:
    with pytest.raises(errors.RemoteCallError, match=r"process_workload\.where has another code in this worker"):
        asyncio.run(edited())
