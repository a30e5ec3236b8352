"""The body of a batch runs in no caller's component, and its logic counts for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

Run = Callable[..., list[Any]]


def components(make_bat: Callable[[], Any], log: list[Any], tracking: Any = "full") -> Any:
    bat = make_bat()

    @coco.fn(memo=True, version=1, logic_tracking=tracking)
    async def component(number: int) -> Any:
        log.append(number)
        return await bat(number)

    @coco.fn(version=1)
    async def main() -> list[Any]:
        return await asyncio.gather(
            *(coco.use_mount(coco.component_subpath(number), component, number) for number in range(3))
        )

    return main


@pytest.mark.parametrize(("tracking", "again"), [("full", [0, 1, 2]), ("self", []), (None, [])])
def test_functions_that_a_batch_reaches_count_for_each_of_its_callers(
    run_versions: Run, tracking: Any, again: list[int]
) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def helper() -> int:
            return version

        def make() -> Any:
            @coco.fn.as_async(batching=True, version=1)
            def bat(xs: list[int]) -> list[int]:
                return [helper() for _ in xs]

            return bat

        return components(make, log, tracking)

    assert run_versions(build) == [0, 1, 2, "|", "|", *again, "|", "|"]


def test_a_batched_function_hands_on_what_its_tracking_says(run_versions: Run) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def helper() -> int:
            return version

        def make() -> Any:
            @coco.fn.as_async(batching=True, version=1, logic_tracking="self")
            def bat(xs: list[int]) -> list[int]:
                return [helper() for _ in xs]

            return bat

        return components(make, log)

    assert run_versions(build) == [0, 1, 2, "|", "|", "|", "|"]


def test_a_batch_has_no_component(make_app: Any) -> None:
    @coco.fn.as_async(batching=True)
    def ask(xs: list[int]) -> list[Any]:
        return [coco.get_component_context() for _ in xs]

    async def main() -> None:
        await ask(1)

    with pytest.raises(errors.NoComponentError, match="body of a batched function"):
        make_app(main).update_blocking()


def test_a_batch_does_not_inherit_the_timeout_of_a_caller() -> None:
    @coco.fn.as_async(batching=True)
    def check(xs: list[int]) -> list[int]:
        coco.check_cancellation()
        return xs

    async def main() -> int:
        with coco.timeout(timedelta(hours=1)):
            waiting = asyncio.ensure_future(check(1))
        with coco.timeout(timedelta(0)), pytest.raises(coco.DeadlineExceededError, match="the call of check"):
            await check(2)
        return await waiting

    assert asyncio.run(main()) == 1
