"""A marked sync function may call itself a quarter as deep as an unmarked one: it takes few of Python's frames."""

from __future__ import annotations

import pathlib
import sys

import pytest

import cocoindex as coco


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
