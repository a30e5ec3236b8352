"""A `LiveMap`: what components declare as its entries is mounted one by one, and follows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import AlreadyWatchedError, NoComponentError
from cocoindex.resources.live_map import LiveMap
from cocoindex.testing import RecordingTarget


class Box:
    """A value that cannot be stored, hashed or fingerprinted; equal where the content is."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, content: Any) -> None:
        self.content = content
        self.lock = asyncio.Lock()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and self.content == other.content


class Program:
    """An app on one store, with what it declares, and what its consumer was given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = RecordingTarget()
        self.wanted: dict[str, int] = {}
        self.produced: list[str] = []
        self.consumed: list[int] = []

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        environment = coco.Environment(coco.Settings(db_path=self.folder / "store"))
        coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
        environment.close()

    async def main(self) -> None:
        entries: LiveMap[str, Box] = await LiveMap.create()
        for key, number in self.wanted.items():
            await (await coco.mount(coco.component_subpath(key), self.produce, entries, key, number)).ready()
        await coco.mount_each(coco.component_subpath("consume"), self.consume, entries)

    @property
    def produce(self) -> Any:
        produced = self.produced

        @coco.fn(memo=True)
        async def produce(entries: LiveMap[str, Box], key: str, number: int) -> None:
            produced.append(key)
            entries.declare_entry(key, Box(number))

        return produce

    async def consume(self, box: Box) -> None:
        self.consumed.append(box.content)
        self.target.declare(box.content, "there")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_each_entry_is_mounted_and_goes_with_its_producer(program: Program) -> None:
    program.wanted = {"a": 1, "b": 2}
    program.run(program.main)
    assert program.target.data == {1: "there", 2: "there"}

    program.wanted = {"b": 3}
    program.run(program.main)
    assert program.target.data == {3: "there"}

    program.wanted = {}
    program.run(program.main)
    assert program.target.data == {}


def test_memoized_producers_declare_again_in_each_update(program: Program) -> None:
    program.wanted = {"a": 1}
    for _ in range(3):
        program.run(program.main)

    assert program.produced == ["a"] * 3
    assert program.consumed == [1] * 3
    assert [action.verb for action in program.target.actions] == ["upsert"]


def test_a_component_may_make_several(program: Program) -> None:
    async def main() -> None:
        one: LiveMap[str, str] = await LiveMap.create()
        two: LiveMap[str, str] = await LiveMap.create()
        one.declare_entry("a", "of one")
        two.declare_entry("a", "of two")

    async def follow() -> None:
        with coco.component_subpath("maps"):
            await coco.use_mount(main)

    program.run(follow)


def test_a_map_feeds_another_one(program: Program) -> None:
    async def double(box: Box, doubled: LiveMap[int, Box]) -> None:
        doubled.declare_entry(box.content, Box(2 * box.content))

    async def main() -> None:
        numbers: LiveMap[str, Box] = await LiveMap.create()
        doubled: LiveMap[int, Box] = await LiveMap.create()
        for key, number in program.wanted.items():
            await (await coco.mount(coco.component_subpath(key), program.produce, numbers, key, number)).ready()
        await (await coco.mount_each(double, numbers, doubled)).ready()
        await coco.mount_each(program.consume, doubled)

    program.wanted = {"a": 1, "b": 20}
    program.run(main)
    assert program.target.data == {2: "there", 40: "there"}
    program.wanted = {"b": 21}
    program.run(main)
    assert program.target.data == {42: "there"}


def test_it_is_consumed_by_one_at_a_time(program: Program) -> None:
    errors: list[BaseException] = []

    async def main() -> None:
        entries: LiveMap[str, Box] = await LiveMap.create()
        async with coco.exception_handler(lambda error, _: errors.append(error)):
            handles = [await coco.mount_each(coco.component_subpath(n), program.consume, entries) for n in range(2)]
            for handle in handles:
                await handle.ready()

    with pytest.raises(AlreadyWatchedError) as raised:
        program.run(main)
    assert isinstance(raised.value, RuntimeError)


def test_it_is_made_in_a_component() -> None:
    with pytest.raises(NoComponentError):
        asyncio.run(LiveMap.create())
