"""A sink with children fulfils a slot for each action on a declared container: exactly once, before it returns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

Slots = Mapping[int, coco.ChildSlot[Any]]


class Boxes:
    """Containers whose sink is `apply`."""

    def __init__(self, apply: Any, *, slots: bool = True) -> None:
        make = coco.TargetActionSink.from_fn_with_children if slots else coco.TargetActionSink.from_fn
        self._sink: coco.TargetActionSink[Any] = make(apply)
        self.provider: Any = coco.register_root_target_states_provider("test/boxes", self)

    def reconcile(
        self, key: Any, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, int]:
        gone = coco.is_non_existence(desired)
        return coco.TargetReconcileOutput((key, None if gone else desired), self._sink, desired)


def app_of(make_app: Any, boxes: Boxes, keys: list[str]) -> Any:
    @coco.fn
    async def main() -> None:
        for key in keys:
            box = await coco.mount_target(boxes.provider.target_state(key, 1))
            coco.declare_target_state(box.target_state("row", 1))

    return make_app(main)


def rows() -> tuple[RecordingTarget, Any]:
    target = RecordingTarget()
    return target, target.provider.handler()


def test_a_removed_container_has_none(make_app: Any) -> None:
    target, handler = rows()
    seen: list[tuple[Any, bool]] = []

    def apply(context: coco.ContextProvider, actions: Sequence[Any], slots: Slots) -> None:
        for number, action in enumerate(actions):
            seen.append((action, number in slots))
            if number in slots:
                slots[number].fulfill(handler)

    keys = ["a"]
    app = app_of(make_app, Boxes(apply), keys)
    app.update_blocking()
    assert target.data == {"row": 1}
    keys.clear()
    app.update_blocking()
    assert seen == [(("a", 1), True), (("a", None), False)]


def test_a_container_that_is_declared_without_children_has_none(make_app: Any) -> None:
    seen: list[int] = []
    boxes = Boxes(lambda context, actions, slots: seen.append(len(slots)))

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(boxes.provider.target_state("leaf", 1))

    make_app(main).update_blocking()
    assert seen == [0]


def test_one_that_is_left_unfulfilled_fails_the_commit(make_app: Any) -> None:
    app = app_of(make_app, Boxes(lambda context, actions, slots: None), ["a"])
    with pytest.raises(ValueError, match="left the child slot of action 0 unfulfilled"):
        app.update_blocking()


def test_one_that_is_fulfilled_twice_fails_the_commit(make_app: Any) -> None:
    _, handler = rows()

    def apply(context: coco.ContextProvider, actions: Sequence[Any], slots: Slots) -> None:
        for slot in slots.values():
            slot.fulfill(handler)
            slot.fulfill(handler)

    with pytest.raises(ValueError, match="fulfilled twice"):
        app_of(make_app, Boxes(apply), ["a"]).update_blocking()


def test_the_former_way_works_and_warns(make_app: Any) -> None:
    target, handler = rows()

    def apply(context: coco.ContextProvider, actions: Sequence[Any]) -> list[coco.ChildTargetDef[Any] | None]:
        return [None if desired is None else coco.ChildTargetDef(handler=handler) for _, desired in actions]

    keys = ["a"]
    app = app_of(make_app, Boxes(apply, slots=False), keys)
    with pytest.warns(DeprecationWarning, match="ChildTargetDef"):
        app.update_blocking()
    assert target.data == {"row": 1}
    keys.clear()
    with pytest.warns(DeprecationWarning, match="ChildTargetDef"):
        app.update_blocking()


@pytest.mark.parametrize("wrong", [None, 5, "handler", {}])
def test_what_is_no_handler_does_not_fulfil_one(wrong: Any) -> None:
    slot: coco.ChildSlot[Any] = coco.ChildSlot()
    with pytest.raises(TypeError, match=r"a child slot takes a handler, with reconcile\(\), not"):
        slot.fulfill(wrong)
