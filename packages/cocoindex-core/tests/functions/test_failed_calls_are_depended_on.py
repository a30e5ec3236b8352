"""Who catches the failure of a memoized call depends on what led to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco

Run = Callable[..., list[Any]]


@pytest.mark.parametrize("tracking", ["full", "self"])
@pytest.mark.parametrize("shared", [False, True])
def test_an_edit_of_the_function_that_failed_runs_its_caller_again(
    run_versions: Run, tracking: Any, shared: bool
) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def helper() -> None:
            if version == 1:
                raise ValueError("version 1")

        @coco.fn(memo=True, version=version if tracking == "self" else 1, logic_tracking=tracking)
        async def inner() -> str:
            await asyncio.sleep(0)
            helper()
            return "inner"

        @coco.fn(memo=True, version=1)
        async def outer(call: int) -> str:
            try:
                return await inner()
            except ValueError:
                return "fallback"

        @coco.fn
        async def main() -> None:
            log.extend(await asyncio.gather(*map(outer, range(1 + shared))))

        return main

    n = 1 + shared
    assert run_versions(build) == [
        *["fallback"] * n, "|", *["fallback"] * n, "|", *["inner"] * n, "|", *["inner"] * n, "|"
    ]  # fmt: skip


def test_what_was_declared_before_the_failure_stays(make_app: Any) -> None:
    from cocoindex.testing import RecordingTarget

    target = RecordingTarget()

    @coco.fn(memo=True)
    def inner() -> None:
        target.declare("a", 1)
        raise ValueError("after it")

    @coco.fn(memo=True)
    def outer() -> None:
        try:
            inner()
        except ValueError:
            pass

    async def main() -> None:
        outer()

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert target.data == {"a": 1}
