"""Batches, sinks, exception handlers and lifespans belong to no single caller, and have nobody's time limit."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.testing import run_in_virtual_time

MINUTE = timedelta(minutes=1)
LOOKED = coco.ContextKey[list[float | None]]("test/looked")


def test_the_body_of_a_batched_function(make_app: Any) -> None:
    seen: list[float | None] = []

    @coco.fn(batching=True)
    async def embed(texts: list[str]) -> list[str]:
        seen.append(remaining_seconds())
        return texts

    @coco.fn
    async def main() -> str:
        with coco.timeout(MINUTE):
            return await embed("a")

    assert make_app(main).update_blocking() == "a"
    assert seen == [None]


def test_a_caller_of_a_batched_function_is_checked_all_the_same(make_app: Any) -> None:
    @coco.fn(batching=True)
    async def embed(texts: list[str]) -> list[str]:
        await asyncio.sleep(100)
        return texts

    @coco.fn
    async def main() -> str:
        with coco.timeout(MINUTE):
            return await embed("a")

    async def run() -> Any:
        return await make_app(main).update()

    with pytest.raises(coco.DeadlineExceededError, match="embed"):
        run_in_virtual_time(run())


@pytest.mark.parametrize("is_async", [False, True])
def test_a_sink(make_app: Any, is_async: bool) -> None:
    seen: list[float | None] = []

    def apply(context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        seen.append(remaining_seconds())

    async def apply_async(context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        seen.append(remaining_seconds())

    sink: coco.TargetActionSink[Any] = (
        coco.TargetActionSink.from_async_fn(apply_async) if is_async else coco.TargetActionSink.from_fn(apply)
    )

    class Handler:
        def reconcile(self, key: Any, desired: Any, previous: Any, may_be_missing: bool, /) -> Any:
            return coco.TargetReconcileOutput((key, desired), sink, desired)

    provider = coco.register_root_target_states_provider(f"test/limits/{is_async}", Handler())

    @coco.fn(memo=True)
    async def child(n: int) -> None:
        coco.declare_target_state(provider.target_state(n, n))

    @coco.fn
    async def main() -> None:
        with coco.timeout(MINUTE):
            await coco.use_mount(child, 1)
            await coco.mount_each(child, [(n, n) for n in range(2)])

    with coco.timeout(MINUTE):
        make_app(main).update_blocking()
    assert set(seen) == {None}


def test_an_exception_handler(make_app: Any) -> None:
    seen: list[float | None] = []

    def handler(exc: BaseException, context: coco.ExceptionContext) -> None:
        seen.append(remaining_seconds())

    @coco.fn
    async def child(n: int) -> None:
        raise KeyError

    @coco.fn
    async def main() -> None:
        with coco.timeout(MINUTE):
            async with coco.exception_handler(handler):
                await coco.mount_each(child, [(1, 1)])

    make_app(main).update_blocking()
    assert seen == [None]


def test_the_lifespan(tmp_path: pathlib.Path) -> None:
    seen: list[float | None] = []

    @coco.lifespan
    async def lifespan(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        builder.settings.db_path = tmp_path / "db"
        seen.append(remaining_seconds())
        yield

    @coco.fn
    async def main() -> float | None:
        return remaining_seconds()

    try:
        with coco.timeout(MINUTE):
            left = coco.App("lifespan without a limit", main).update_blocking()
    finally:
        coco.stop_blocking()
    assert seen == [None]
    assert left is not None and 0 < left <= 60


def test_target_writes_go_on_when_the_time_is_over_after_the_processing(make_app: Any) -> None:
    """The component returned in time; its action takes longer than what is left, and is applied all the same."""
    written: list[Any] = []

    async def apply(context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await asyncio.sleep(120)
        written.extend(actions)

    class Handler:
        def reconcile(self, key: Any, desired: Any, previous: Any, may_be_missing: bool, /) -> Any:
            return coco.TargetReconcileOutput((key, desired), sink, desired)

    sink: coco.TargetActionSink[Any] = coco.TargetActionSink.from_async_fn(apply)
    provider = coco.register_root_target_states_provider("test/limits/slow", Handler())

    @coco.fn
    async def child() -> None:
        coco.declare_target_state(provider.target_state("row", 1))

    @coco.fn
    async def main() -> None:
        with coco.timeout(MINUTE):
            await coco.use_mount(child)

    async def run() -> None:
        await make_app(main).update()

    with pytest.raises(coco.DeadlineExceededError, match=r"coco\.use_mount"):
        run_in_virtual_time(run())
    assert written == [("row", 1)]
