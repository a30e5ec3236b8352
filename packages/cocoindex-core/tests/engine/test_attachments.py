"""Attachments of a container are tracked apart from its rows, and removed also when nothing speaks of them any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import TargetStateError
from cocoindex.testing import RecordedAction, RecordingTarget


class Rows:
    """Rows of a box, with indexes beside them."""

    def __init__(self, rows: RecordingTarget, indexes: RecordingTarget) -> None:
        self._rows: Any = rows.provider.handler()
        self._indexes: Any = indexes.provider.handler()

    def attachments(self) -> dict[str, Any]:
        return {"index": self._indexes}

    def reconcile(self, *args: Any) -> Any:
        return self._rows.reconcile(*args)


class Boxes:
    """Boxes of rows."""

    def __init__(self) -> None:
        self.rows, self.indexes = RecordingTarget(), RecordingTarget()
        self._sink: coco.TargetActionSink[Any] = coco.TargetActionSink.from_fn(
            self._apply, child_handler=lambda context, action: Rows(self.rows, self.indexes)
        )
        self.provider: Any = coco.register_root_target_states_provider("test/boxes", self)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None: ...

    def reconcile(
        self, key: Any, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, int]:
        return coco.TargetReconcileOutput(key, self._sink, desired)


def boxes_app(make_app: Any, boxes: Boxes, rows: dict[str, int], indexes: dict[str, int]) -> Any:
    @coco.fn
    async def main() -> None:
        box = await coco.mount_target(boxes.provider.target_state("box", 1))
        for key, value in rows.items():
            coco.declare_target_state(box.target_state(key, value))
        for key, value in indexes.items():
            coco.declare_target_state(box.attachment("index").target_state(key, value))

    return make_app(main)


def test_a_row_and_an_attachment_may_have_one_key(make_app: Any) -> None:
    boxes, rows, indexes = Boxes(), {"x": 1}, {"x": 2}
    app = boxes_app(make_app, boxes, rows, indexes)
    app.update_blocking()
    assert (boxes.rows.data, boxes.indexes.data) == ({"x": 1}, {"x": 2})
    indexes["x"] = 3
    app.update_blocking()
    assert (boxes.rows.take(), boxes.indexes.take()) == (
        [RecordedAction("upsert", "x", 1)],
        [RecordedAction("upsert", "x", 2), RecordedAction("upsert", "x", 3)],
    )


def test_what_nobody_speaks_of_any_more_is_removed(make_app: Any) -> None:
    boxes, indexes = Boxes(), {"x": 2}
    app = boxes_app(make_app, boxes, {}, indexes)
    app.update_blocking()
    indexes.clear()
    app.update_blocking()
    assert boxes.indexes.data == {}


def test_an_unknown_kind_is_refused_with_those_that_there_are(make_app: Any) -> None:
    boxes = Boxes()

    @coco.fn
    async def main() -> None:
        (await coco.mount_target(boxes.provider.target_state("box", 1))).attachment("trigger")

    with pytest.raises(TargetStateError, match=r"no attachments of the kind 'trigger'; .* names: 'index'"):
        make_app(main).update_blocking()


def test_a_pending_target_has_none_yet(make_app: Any) -> None:
    boxes = Boxes()

    @coco.fn
    async def main() -> None:
        coco.declare_target_state_with_child(boxes.provider.target_state("box", 1)).attachment("index")

    with pytest.raises(TargetStateError, match="is pending"):
        make_app(main).update_blocking()
