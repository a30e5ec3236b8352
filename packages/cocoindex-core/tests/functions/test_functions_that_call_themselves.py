"""A marked sync function may call itself a quarter as deep as an unmarked one: it takes few of Python's frames."""

from __future__ import annotations

import pathlib
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CallDepthError


@pytest.mark.parametrize("memo", [False, True])
def test_a_fifth_of_the_recursion_limit_works(tmp_path: pathlib.Path, memo: bool) -> None:
    depth = sys.getrecursionlimit() // 5

    @coco.fn(memo=memo)
    def total(day: int) -> int:
        return total(day - 1) + day if day else 0

    @coco.fn
    async def main() -> int:
        return total(depth)

    env = coco.Environment(coco.Settings(db_path=tmp_path / "db"))
    app = coco.App(coco.AppConfig("deep", environment=env), main)
    for full in (False, True, False):
        assert app.update_blocking(full_reprocess=full) == depth * (depth + 1) // 2


def sync_total(memo: bool) -> Any:
    @coco.fn(memo=memo)
    def total(day: int) -> int:
        return total(day - 1) + day if day else 0

    return total


def async_total(memo: bool) -> Any:
    @coco.fn(memo=memo)
    async def total(day: int) -> int:
        return await total(day - 1) + day if day else 0

    return total


@pytest.mark.parametrize("in_child", [False, True])
@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("make", [sync_total, async_total])
def test_too_deep_is_an_error_that_names_the_function(make_app: Any, make: Any, memo: bool, in_child: bool) -> None:
    total = make(memo)

    @coco.fn
    async def call() -> int:
        found = total(sys.getrecursionlimit())
        return int(found if make is sync_total else await found)

    @coco.fn
    async def main() -> int:
        return await coco.use_mount(call) if in_child else await call()

    with pytest.raises(RecursionError, match=r"total\(\).*, line \d+\) called itself \d+ times deep") as raised:
        make_app(main).update_blocking()
    assert isinstance(raised.value, CallDepthError)


def test_what_recurses_without_us_is_as_it_was(make_app: Any) -> None:
    def total(day: int) -> int:
        return total(day - 1) + day

    @coco.fn
    async def main() -> int:
        return total(1)

    with pytest.raises(RecursionError) as raised:
        make_app(main).update_blocking()
    assert type(raised.value) is RecursionError
