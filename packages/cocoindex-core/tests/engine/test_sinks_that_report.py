"""What a sink found out is remembered in place of what reconcile() said, and reaches a container's children."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import pytest

import cocoindex as coco
from cocoindex.connectorkits.target import Applied
from cocoindex.errors import SerializationError, TargetStateError

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
    boxes.sink._fn = apply
    app = app_of(make_app, boxes, {})
    with pytest.raises(TargetStateError, match="reports=True"):
        app.update_blocking()


def test_a_report_may_be_empty(make_app: Any) -> None:
    boxes = Boxes()
    boxes.sink._fn = lambda _, actions: None
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
    working = boxes.sink._fn

    def failing(context: coco.ContextProvider, actions: Sequence[Any]) -> Any:
        if any(action.value == "1" for action in actions):
            raise OSError("refused")
        return working(context, actions)

    boxes.sink._fn = failing
    app = app_of(make_app, boxes, {"a": "1"})
    app.update_blocking()
    boxes.asked.clear()
    boxes.sink._fn = working
    app.update_blocking(full_reprocess=True)
    assert boxes.asked[1] == (("out", "a"), ["1"], True, False)


class Typed(NamedTuple):
    """A tracking record of a handler that says so."""

    value: str
    identity: int


class Reporting:
    """Rows whose sink reports what `found` makes of them."""

    def __init__(self, found: Callable[[str], Any]) -> None:
        self.asked: list[list[Typed]] = []
        self.data: dict[str, str] = {}
        self.found = found
        self.sink = coco.TargetActionSink.from_fn(self.apply, reports=True)
        self.provider: Any = coco.register_root_target_states_provider("test/reporting", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Typed], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Typed] | None:
        self.asked.append(list(prev))
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and [record.value for record in prev] == [desired]:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, Typed(desired, 0))

    def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> dict[int, Any]:
        self.data.update(actions)
        return {at: self.found(value) for at, (_, value) in enumerate(actions) if value is not None}

    def app(self, make_app: Any, failed: list[BaseException]) -> Any:
        @coco.fn
        async def row(value: str) -> None:
            coco.declare_target_state(self.provider.target_state(value, value))

        async def note(error: BaseException, context: coco.ExceptionContext) -> None:
            failed.append(error)

        @coco.fn
        async def main() -> None:
            async with coco.exception_handler(note):
                await coco.mount_each(row, [(value, value) for value in "abcdef"])

        return make_app(main)


def test_a_record_of_a_type_is_read_as_that(make_app: Any) -> None:
    reporting = Reporting(lambda value: Applied(Typed(value, 7)))
    app = reporting.app(make_app, [])
    app.update_blocking()
    reporting.asked.clear()
    app.update_blocking()
    assert reporting.asked == [[Typed(value, 7)] for value in "abcdef"]


@pytest.mark.parametrize("wrong", ["record", "invalidation"])
def test_a_report_that_cannot_be_kept_fails_its_component_only(make_app: Any, wrong: str) -> None:
    unfit: Any = Applied(threading.Lock()) if wrong == "record" else Applied(Typed("c", 1), "whatever")  # type: ignore[arg-type]  # that is the point
    reporting = Reporting(lambda value: unfit if value == "c" else Applied(Typed(value, 7)))
    failed: list[BaseException] = []
    app = reporting.app(make_app, failed)
    app.update_blocking()
    assert [type(error) for error in failed] == [SerializationError if wrong == "record" else TargetStateError]
    assert set(reporting.data) == set("abcdef")
    reporting.found = lambda value: Applied(Typed(value, 8))
    reporting.asked.clear()
    app.update_blocking()
    app.update_blocking()
    assert reporting.asked[-6:] == [[Typed(value, 8 if value == "c" else 7)] for value in "abcdef"]


class Shelf:
    """A container that is made anew when it changes, and whose sink then finds it empty; and its items."""

    def __init__(self) -> None:
        self.items: list[tuple[Any, Any]] = []
        self.sink = coco.TargetActionSink.from_fn(
            lambda context, actions: {0: Applied(actions[0], "lossy")}, child_handler=lambda *_: self.rows, reports=True
        )
        self.rows = Rows(self)
        self.provider: Any = coco.register_root_target_states_provider("test/shelf", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any]:
        changed = bool(prev) and list(prev) != [desired]
        return coco.TargetReconcileOutput(desired, self.sink, desired, "destructive" if changed else None)


class Rows:
    """The items of a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.sink = coco.TargetActionSink.from_fn(lambda context, actions: shelf.items.extend(actions))

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        gone = coco.is_non_existence(desired)
        if not gone and not missing and list(prev) == [desired]:
            return None
        return coco.TargetReconcileOutput((key, None if gone else desired), self.sink, desired)


def test_what_is_found_besides_does_not_undo_a_destruction(make_app: Any) -> None:
    shelf, shape, items = Shelf(), [1], {"a": 1, "b": 2}

    @coco.fn
    async def declare(handle: Any, key: str, value: int) -> None:
        coco.declare_target_state(handle.target_state(key, value))

    @coco.fn
    async def main() -> None:
        handle: Any = await coco.mount_target(shelf.provider.target_state("out", shape[0]))
        for key, value in items.items():
            await coco.mount(coco.component_subpath(key), declare, handle, key, value)

    app = make_app(main)
    app.update_blocking()
    shelf.items.clear()
    shape[0] = 2
    del items["b"]
    app.update_blocking()
    assert shelf.items == [("a", 1)], "what was in the former container is not removed from the new one"
