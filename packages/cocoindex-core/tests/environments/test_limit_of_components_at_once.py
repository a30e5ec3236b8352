"""How many components run at once: what AppConfig says, else the environment variable, else 1024. Removals count."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import SettingsError

VARIABLE = "COCOINDEX_MAX_INFLIGHT_COMPONENTS"


def most_at_once(make_app: Any, children: int, limit: int | None) -> int:
    running = most = 0

    @coco.fn
    async def child(number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(5):
            await asyncio.sleep(0)
        running -= 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(number, number) for number in range(children)])

    make_app(main, limit=limit).update_blocking()
    return most


@pytest.mark.parametrize(("variable", "limit", "expected"), [("3", None, 3), ("3", 2, 2), ("3", 5, 5), ("1", None, 1)])
def test_the_config_comes_before_the_variable(
    make_app: Any, monkeypatch: pytest.MonkeyPatch, variable: str, limit: int | None, expected: int
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    assert most_at_once(make_app, 20, limit) == expected


def test_1024_by_default(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    gate: list[int] = []
    enough = asyncio.Event()

    @coco.fn
    async def child(number: int) -> None:
        gate.append(number)
        if len(gate) == 1024:
            enough.set()
        await enough.wait()

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(number, number) for number in range(1100)])

    make_app(main).update_blocking()
    assert len(gate) == 1100


@pytest.mark.parametrize(("variable", "says"), [("many", "whole number"), ("0", "at least 1"), ("-3", "at least 1")])
def test_a_variable_that_is_no_limit_is_named(
    make_app: Any, monkeypatch: pytest.MonkeyPatch, variable: str, says: str
) -> None:
    monkeypatch.setenv(VARIABLE, variable)
    with pytest.raises(SettingsError, match=f"{VARIABLE} is '?{variable}'?; it must be .*{says}"):
        most_at_once(make_app, 1, None)


def test_one_at_a_time_is_enough_for_a_tree_of_any_depth_and_its_removal(make_app: Any) -> None:
    depth = 30

    @coco.fn
    async def level(left: int) -> int:
        return 1 + await coco.use_mount(coco.component_subpath(left), level, left - 1) if left else 0

    @coco.fn
    async def main() -> int:
        return await level(depth)

    app = make_app(main, limit=1)
    assert app.update_blocking() == 30
    depth = 0
    assert app.update_blocking() == 0
    app.drop_blocking()


def test_a_parent_that_waits_for_what_a_child_does_lets_one_run(make_app: Any) -> None:
    order: list[str] = []

    @coco.fn
    async def child(number: int, done: asyncio.Event) -> None:
        order.append(f"child {number}")
        done.set()

    @coco.fn
    async def main() -> None:
        events = [asyncio.Event() for _ in range(3)]
        for number, done in enumerate(events):
            await coco.mount(coco.component_subpath(number), child, number, done)
        for done in events:
            await done.wait()
        order.append("main")

    make_app(main, limit=1).update_blocking()
    assert order == ["child 0", "child 1", "child 2", "main"]


def test_one_that_awaits_a_batched_function_keeps_its_place(make_app: Any) -> None:
    sizes: list[int] = []

    @coco.fn.as_async(batching=True)
    def twice(numbers: list[int]) -> list[int]:
        sizes.append(len(numbers))
        return [2 * number for number in numbers]

    @coco.fn
    async def child(number: int) -> None:
        assert await twice(number) == 2 * number

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(number, number) for number in range(20)])

    make_app(main, limit=3).update_blocking()
    assert sum(sizes) == 20 and max(sizes) <= 3
