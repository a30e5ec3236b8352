"""What a sink found out is remembered in place of what reconcile() said, and reaches a container's children."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectorkits.target import Applied
from cocoindex.errors import TargetStateError

from .boxes import BOX, Boxes


def app_of(make_app: Any, boxes: Boxes, items: dict[str, str], *, memo: bool = True) -> Any:
    @coco.fn(memo=memo)
    async def declare(box: Any, key: str, value: str) -> None:
        coco.declare_target_state(box.target_state(key, value))

    @coco.fn
    async def main() -> None:
        box: Any = await coco.mount_target(boxes.provider.target_state("out", BOX))
        for key, value in items.items():
            await coco.mount(coco.component_subpath(key), declare, box, key, value)

    return make_app(main)


def test_it_is_what_the_handler_is_told_next(make_app: Any) -> None:
    boxes = Boxes()
    app = app_of(make_app, boxes, {})
    app.update_blocking()
    boxes.asked.clear()
    app.update_blocking()
    assert boxes.asked == [(("out",), [f"{BOX} 1"], False, False)]


@pytest.mark.parametrize("memo", [True, False])
def test_an_invalidation_has_all_applied_again(make_app: Any, memo: bool) -> None:
    boxes = Boxes()
    app = app_of(make_app, boxes, {"a": "1", "b": "2"}, memo=memo)
    app.update_blocking()
    boxes.things.clear()
    app.update_blocking()
    assert boxes.things == {("out",): 2, ("out", "a"): "1", ("out", "b"): "2"}
    boxes.calls.clear()
    app.update_blocking()
    assert len(boxes.calls) == 1, "the box alone is looked at"


def test_each_finding_goes_to_its_own_target_state(make_app: Any) -> None:
    boxes = Boxes()

    @coco.fn
    async def main() -> None:
        names = [f"box{number}" for number in range(30)]
        await coco.mount_each(one, [(name, name) for name in names])

    @coco.fn
    async def one(name: str) -> None:
        coco.declare_target_state(boxes.provider.target_state(f"{name} item", "x"))
        coco.declare_target_state_with_child(boxes.provider.target_state(name, BOX))

    app = make_app(main)
    app.update_blocking()
    boxes.asked.clear()
    app.update_blocking()
    told = {path[0]: records for path, records, *_ in boxes.asked}
    numbers = {name: [f"{BOX} {boxes.things[name,]}"] for name in told if not name.endswith("item")}
    assert told == numbers | {name: ["x"] for name in told if name.endswith("item")}


@pytest.mark.parametrize("returned", [[None], {1: Applied(1)}, {0: "record"}, 3, {"a": Applied(1)}])
def test_what_is_no_report_is_refused(make_app: Any, returned: Any) -> None:
    def apply(context: coco.ContextProvider, actions: Sequence[Any]) -> Any:
        return returned

    boxes = Boxes()
    boxes.sink.fn = apply
    app = app_of(make_app, boxes, {})
    with pytest.raises(TargetStateError, match="reports=True"):
        app.update_blocking()


def test_a_report_may_be_empty(make_app: Any) -> None:
    boxes = Boxes()
    boxes.sink.fn = lambda _, actions: None
    app_of(make_app, boxes, {"a": "1"}).update_blocking()


def test_a_full_reprocess_says_that_the_records_are_settled(make_app: Any) -> None:
    boxes = Boxes()
    app = app_of(make_app, boxes, {"a": "1"})
    app.update_blocking()
    boxes.asked.clear()
    app.update_blocking(full_reprocess=True)
    assert boxes.asked == [(("out",), [f"{BOX} 1"], True, True), (("out", "a"), ["1"], True, True)]


def test_after_an_action_that_failed_they_are_not_settled(make_app: Any) -> None:
    boxes = Boxes()
    working = boxes.sink.fn

    def failing(context: coco.ContextProvider, actions: Sequence[Any]) -> Any:
        if any(action.value == "1" for action in actions):
            raise OSError("refused")
        return working(context, actions)

    boxes.sink.fn = failing
    app = app_of(make_app, boxes, {"a": "1"})
    app.update_blocking()
    boxes.asked.clear()
    boxes.sink.fn = working
    app.update_blocking(full_reprocess=True)
    assert boxes.asked[1] == (("out", "a"), ["1"], True, False)
