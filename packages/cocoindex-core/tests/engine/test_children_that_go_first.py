"""Where a container's handler says so, what is tracked below it is removed by its own handler, ahead of it."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import DropError

from .boxes import BOX, BoxAction, Boxes


def app_of(make_app: Any, boxes: Boxes, wanted: dict[str, Any]) -> Any:
    """An app with one outer box; each item is declared by a component of its own, a box in it by another."""

    @coco.fn
    async def declare(box: Any, key: str, value: Any) -> None:
        coco.declare_target_state(box.target_state(key, value))

    @coco.fn
    async def fill(box: Any, items: dict[str, Any]) -> None:
        for key, value in items.items():
            if isinstance(value, dict):
                inner = await coco.mount_target(box.target_state(key, BOX))
                await fill(inner, value)
            else:
                await coco.mount(coco.component_subpath(str(box.path), key), declare, box, key, value)

    @coco.fn
    async def main() -> None:
        for key, value in wanted.items():
            if isinstance(value, dict):
                await fill(await coco.mount_target(boxes.provider.target_state(key, BOX)), value)
            else:
                coco.declare_target_state(boxes.provider.target_state(key, value))

    return make_app(main)


@pytest.mark.parametrize("how", ["drop", "sweep"])
def test_in_the_same_call_deepest_first(make_app: Any, how: str) -> None:
    boxes = Boxes()
    wanted: dict[str, Any] = {"out": {"a": 1, "in": {"b": 2}}}
    app = app_of(make_app, boxes, wanted)
    app.update_blocking()
    assert boxes.things.keys() == {("out",), ("out", "a"), ("out", "in"), ("out", "in", "b")}
    boxes.calls.clear()
    if how == "drop":
        app.drop_blocking()
    else:
        wanted.clear()
        app.update_blocking()
    assert boxes.things == {}
    (call,) = [call for call in boxes.calls if BoxAction(("out",), None) in call]
    order = [action.path for action in call]
    assert set(order) == {("out",), ("out", "a"), ("out", "in"), ("out", "in", "b")}
    assert order[-1] == ("out",)
    assert order.index(("out", "in", "b")) < order.index(("out", "in"))


def test_what_two_components_declared(make_app: Any) -> None:
    boxes = Boxes()
    wanted = True

    @coco.fn
    async def inner(box: Any) -> None:
        coco.declare_target_state(box.target_state("item", 1))

    @coco.fn
    async def outer(box: Any) -> None:
        coco.declare_target_state(box.target_state("item", 1))
        await coco.mount(inner, box)

    @coco.fn
    async def main() -> None:
        if wanted:
            box = await coco.mount_target(boxes.provider.target_state("out", BOX))
            await coco.mount(coco.component_subpath(1), outer, box)  # its removal comes before that of the box

    app = make_app(main)
    app.update_blocking()
    wanted = False
    boxes.calls.clear()
    app.update_blocking()
    assert boxes.calls == [[BoxAction(("out", "item"), None), BoxAction(("out",), None)]]


def test_what_nobody_declared_stays_with_its_box(make_app: Any) -> None:
    boxes = Boxes()
    app = app_of(make_app, boxes, {"out": {"a": 1, "in": {"b": 2}}})
    app.update_blocking()
    boxes.things["out", "foreign"] = "theirs"
    app.drop_blocking()
    assert boxes.things.keys() == {("out",), ("out", "foreign")}


def test_an_item_takes_the_place_of_a_box(make_app: Any) -> None:
    boxes = Boxes()
    wanted: dict[str, Any] = {"out": {"a": 1}}
    app = app_of(make_app, boxes, wanted)
    app.update_blocking()
    boxes.calls.clear()
    wanted["out"] = "an item"
    app.update_blocking()
    assert boxes.things == {("out",): "an item"}
    assert boxes.calls[0] == [BoxAction(("out", "a"), None), BoxAction(("out",), "an item")]


def test_many_in_a_component_with_rows_of_their_own(make_app: Any) -> None:
    boxes = Boxes()

    @coco.fn
    async def main() -> None:
        box: Any = await coco.mount_target(boxes.provider.target_state("out", BOX))
        for number in range(5000):
            coco.declare_target_state(box.target_state(str(number), "x" * 20))

    app = make_app(main)
    app.update_blocking()
    assert len(boxes.things) == 5001
    app.drop_blocking()
    assert boxes.things == {}


def test_a_preview_names_all_that_would_go(make_app: Any) -> None:
    boxes = Boxes()
    wanted: dict[str, Any] = {"out": {"a": 1}}
    app = app_of(make_app, boxes, wanted)
    app.update_blocking()
    wanted.clear()
    assert app.update_blocking(preview=True) == [BoxAction(("out", "a"), None), BoxAction(("out",), None)]
    assert boxes.things.keys() == {("out",), ("out", "a")}


def test_a_sink_that_says_nothing_of_children_is_refused(make_app: Any) -> None:
    boxes = Boxes()
    app = app_of(make_app, boxes, {"out": {"a": 1}})
    app.update_blocking()
    boxes.sink._child_handler = None
    with pytest.raises(DropError) as failed:
        app.drop_blocking()
    assert "child_handler=" in str(failed.value.__cause__ or failed.value)


@pytest.mark.parametrize("how", ["drop", "sweep"])
@pytest.mark.parametrize("told", [True, False])
def test_another_handler_for_what_is_removed_with_a_box(make_app: Any, how: str, told: bool) -> None:
    boxes = Boxes()
    told_of: list[Any] = []

    class Removed:
        def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
            assert coco.is_non_existence(desired)
            told_of.append((key, list(prev), missing))

    asked: list[Any] = []

    def removal_handler(action: Any) -> Any:
        asked.append(action.path)
        return Removed() if told else None

    boxes.provider.handler().removal_handler = removal_handler
    wanted: dict[str, Any] = {"out": {"a": 1, "b": 2}}
    app = app_of(make_app, boxes, wanted)
    app.update_blocking()
    assert asked == []
    boxes.calls.clear()
    if how == "drop":
        app.drop_blocking()
    else:
        wanted.clear()
        app.update_blocking()
    assert asked == [("out",)]
    assert sorted(told_of) == ([("a", [1], False), ("b", [2], False)] if told else [])
    assert boxes.calls == [[BoxAction(("out",), None)]]
