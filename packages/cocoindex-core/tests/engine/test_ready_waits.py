"""A component is ready once what it declared is applied, and all components below it are ready."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class Tree:
    """Components three deep, each of which declares a row, slowly."""

    def __init__(self) -> None:
        self.target = RecordingTarget()

    @coco.fn
    async def grow(self, name: str, depth: int) -> str:
        await asyncio.sleep(0.01)
        self.target.declare(name, depth)
        if depth:
            for child in "ab":
                await coco.mount(coco.component_subpath(child), self.grow, name + child, depth - 1)
        return name

    def rows(self) -> set[str]:
        return set(self.target.data)


ALL = {"", "a", "b", "aa", "ab", "ba", "bb"}


def test_the_handle_of_mount(make_app: Any) -> None:
    tree = Tree()

    @coco.fn
    async def main() -> set[str]:
        handle = await coco.mount(coco.component_subpath("tree"), tree.grow, "", 2)
        assert tree.rows() == set()
        await handle.ready()
        return tree.rows()

    assert make_app(main).update_blocking() == ALL


def test_the_handle_of_mount_each(make_app: Any) -> None:
    tree = Tree()

    @coco.fn
    async def main() -> set[str]:
        handle = await coco.mount_each(tree.grow, [("a", "a"), ("b", "b")], 1)
        await handle.ready()
        return tree.rows()

    assert make_app(main).update_blocking() == ALL - {""}


def test_it_may_be_waited_for_by_many_and_again(make_app: Any) -> None:
    tree = Tree()

    @coco.fn
    async def main() -> set[str]:
        handle = await coco.mount(coco.component_subpath("tree"), tree.grow, "", 2)
        await asyncio.gather(*(handle.ready() for _ in range(5)))
        await handle.ready()
        return tree.rows()

    assert make_app(main).update_blocking() == ALL


def test_use_mount_returns_when_the_component_is_ready(make_app: Any) -> None:
    tree = Tree()

    @coco.fn
    async def main() -> set[str]:
        assert await coco.use_mount(coco.component_subpath("tree"), tree.grow, "", 2) == ""
        return tree.rows()

    assert make_app(main).update_blocking() == ALL


def test_what_is_skipped_is_ready(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn(memo=True)
    async def child(key: str) -> str:
        target.declare(key, 1)
        return key

    @coco.fn
    async def main() -> str:
        handle = await coco.mount_each(child, [("a", "a"), ("b", "b")])
        await handle.ready()
        return await coco.use_mount(coco.component_subpath("c"), child, "c")

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == "c"
    assert set(target.data) == {"a", "b", "c"}
