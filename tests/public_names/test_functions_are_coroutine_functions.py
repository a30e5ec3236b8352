"""`inspect` and `asyncio` take what `@coco.fn` makes of an async function for a coroutine function."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco


@coco.fn
async def asynchronous(x: int) -> int:
    return x


@coco.fn.as_async
def made_so(x: int) -> int:
    return x


@coco.fn
def synchronous(x: int) -> int:
    return x


class Owner:
    @coco.fn
    async def method(self) -> None: ...


@pytest.mark.parametrize(
    "function",
    [asynchronous, made_so, Owner.method, Owner().method],
    ids=["async", "made so", "method", "bound method"],
)
def test_async_ones_are_recognized(function: Any) -> None:
    assert inspect.iscoroutinefunction(function)
    # Not of use any more where Python warns of it.
    assert sys.version_info >= (3, 14) or asyncio.iscoroutinefunction(function)


def test_sync_ones_are_not() -> None:
    assert not inspect.iscoroutinefunction(synchronous)


def test_signature_and_source_are_those_of_the_body() -> None:
    assert list(inspect.signature(asynchronous).parameters) == ["x"]
    assert "async def asynchronous" in inspect.getsource(inspect.unwrap(asynchronous))


def test_decorating_does_not_import_asyncio() -> None:
    code = """
import sys
import cocoindex as coco
@coco.fn(memo=True)
async def f(x: int) -> int: ...
@coco.fn.as_async(batching=True, runner=coco.GPU)
def g(x: list[int]) -> list[int]: ...
app = coco.App("app", f, 1)
sys.exit("asyncio" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
