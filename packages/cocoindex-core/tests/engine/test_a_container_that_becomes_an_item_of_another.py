"""One component declares a container, and another one an item of the same key: whichever is left counts."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco

from .boxes import BOX, Boxes

at = coco.component_subpath


@pytest.mark.parametrize("order", ["item first", "box first"])
@pytest.mark.parametrize("memo", [False, True])
def test_what_was_in_the_container_goes_with_it(
    make_app: Any, memo: bool, order: str, caplog: pytest.LogCaptureFixture
) -> None:
    boxes = Boxes()
    mounted: set[str] = set()

    @coco.fn(memo=memo)
    async def item() -> None:
        coco.declare_target_state(boxes.provider.target_state("k", "item"))

    @coco.fn(memo=memo)
    async def box() -> None:
        outer = await coco.mount_target(boxes.provider.target_state("k", BOX))
        inner = await coco.mount_target(outer.target_state("inner", BOX))
        coco.declare_target_state(inner.target_state("a", "1"))

    @coco.fn
    async def main() -> None:
        names = ["item", "box"] if order == "item first" else ["box", "item"]
        for name in names:
            if name in mounted:
                await coco.mount(at(name), {"item": item, "box": box}[name])

    def update(*names: str) -> set[Any]:
        mounted.clear()
        mounted.update(names)
        app.update_blocking()
        return {*boxes.things}

    app = make_app(main)
    assert update("item") == {("k",)}
    update("item", "box")
    with caplog.at_level(logging.ERROR):
        caplog.clear()
        update("item")
        assert update("item") == {("k",)} and boxes.things["k",] == "item"
        assert update() == set()
        assert update("box") == {("k",), ("k", "inner"), ("k", "inner", "a")}
        assert update() == set()
    assert caplog.text == ""
