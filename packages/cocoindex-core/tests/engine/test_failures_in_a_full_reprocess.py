"""What a full reprocess was to apply and did not, as something failed, is applied by the next update."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class Tree:
    """An app of memoized components in one another, of which some fail."""

    def __init__(self, make_app: Any) -> None:
        self.target = target = RecordingTarget()
        self.failing: set[str] = set()
        failing = self.failing

        @coco.fn(memo=True)
        async def leaf(name: str) -> None:
            if name in failing:
                raise ValueError(name)
            target.declare(name, 1)

        @coco.fn(memo=True)
        async def parent(name: str) -> None:
            if name in failing:
                raise ValueError(name)
            for number in range(3):
                await coco.mount(coco.component_subpath(number), leaf, f"{name}{number}")
            target.declare(name, 1)

        @coco.fn(memo=True)
        async def grandparent(name: str) -> None:
            if name in failing:
                raise ValueError(name)
            for part in "ab":
                await coco.mount(coco.component_subpath(part), parent, name + part)
            target.declare(name, 1)

        @coco.fn
        async def main() -> None:
            if "main" in failing:
                raise ValueError("main")
            for name in "xy":
                await coco.mount(coco.component_subpath(name), grandparent, name)

        self.app = make_app(main)

    def update(self, *failing: str, full: bool = False) -> None:
        self.failing.clear()
        self.failing.update(failing)
        try:
            self.app.update_blocking(full_reprocess=full)
        except ValueError:
            assert "main" in failing


@pytest.mark.parametrize(
    "failing",
    [["xa1"], ["xa"], ["x"], ["main"], ["xa1", "ya", "yb2"], ["x", "y"]],
    ids=lambda failing: " ".join(failing),
)
@pytest.mark.parametrize("again", [False, True], ids=["then mended", "fails once more"])
def test_the_next_update_applies_it(make_app: Any, failing: list[str], again: bool) -> None:
    tree = Tree(make_app)
    tree.update()
    whole = dict(tree.target.data)
    assert len(whole) == 18
    tree.target.data.clear()  # lost outside of the program
    tree.update(*failing, full=True)
    if again:
        tree.update(*failing)
    tree.update()
    assert tree.target.data == whole
    tree.target.take()
    tree.update()
    assert tree.target.actions == []


@pytest.mark.parametrize("bad", ["xa1", "xa", "x"])
def test_so_does_it_where_a_sink_failed(make_app: Any, bad: str) -> None:
    tree = Tree(make_app)
    tree.update()
    whole = dict(tree.target.data)
    tree.target.data.clear()
    tree.target.fail_keys = {bad}
    tree.update(full=True)
    tree.target.fail_keys = set()
    tree.update()
    assert tree.target.data == whole


@pytest.mark.parametrize("bad", ["call", "body", "sink"])
def test_memoized_calls_are_made_again(make_app: Any, bad: str) -> None:
    target, world, failing = RecordingTarget(), [1], set[str]()

    @coco.fn(memo=True)
    async def read() -> int:
        return world[0]

    @coco.fn(memo=True)
    async def call() -> int:
        if "call" in failing:
            raise ValueError
        target.declare("called", await read())
        return world[0]

    @coco.fn(memo=True)
    async def component() -> None:
        target.declare("result", await call())
        state = coco.use_state("state", 0)
        state.value += 1
        target.declare("state", state.value)
        if "body" in failing:
            raise ValueError

    @coco.fn
    async def main() -> None:
        await coco.mount(component)

    app = make_app(main)
    app.update_blocking()
    world[0] = 2  # nothing tracks it: this is what a full reprocess is for
    failing.add(bad)
    target.fail_keys = {"result"} if bad == "sink" else set()
    app.update_blocking(full_reprocess=True)
    failing.clear()
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == {"called": 2, "result": 2, "state": 1}
