"""What `reconcile` is told: the key and records of any kind, and after an invalidation what may be lost."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

import pytest

import cocoindex as coco


class Told:
    """Takes down what it is told; `remember` is its record."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, list[Any], bool]] = []
        self._sink: coco.TargetActionSink[Any] = coco.TargetActionSink.from_fn(lambda context, actions: None)

    def reconcile(
        self, key: Any, desired: Any, records: Collection[Any], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        self.calls.append((key, list(records), may_be_missing))
        if not may_be_missing and all(record == desired for record in records) and records:
            return None
        return coco.TargetReconcileOutput(key, self._sink, desired)

    def take(self) -> list[tuple[Any, list[Any], bool]]:
        calls, self.calls = self.calls, []
        return calls


KEYS: list[Any] = [None, True, 1, -1, "s", b"b", uuid.UUID(int=5), coco.Symbol("name"), ("a", (1, None)), ()]


def test_a_key_of_any_kind_comes_back_when_it_is_removed(make_app: Any) -> None:
    told = Told()
    provider = coco.register_root_target_states_provider("test/told", told)
    keys = [*KEYS]

    @coco.fn
    async def main() -> None:
        for key in keys:
            coco.declare_target_state(provider.target_state(key, 1))

    app = make_app(main)
    app.update_blocking()
    declared = told.take()
    assert [(type(key), key) for key, _, _ in declared] == [(type(key), key) for key in KEYS]
    keys.clear()
    app.update_blocking()
    removed = told.take()
    assert {(type(key), key) for key, _, _ in removed} == {(type(key), key) for key in KEYS}
    assert {(tuple(records), missing) for _, records, missing in removed} == {((1,), False)}


def test_none_is_a_record_like_any_other(make_app: Any) -> None:
    told = Told()
    provider = coco.register_root_target_states_provider("test/told", told)

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("key", None))

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert told.take() == [("key", [], True), ("key", [None], False)]


class Boxes:
    """Containers whose change invalidates as `invalidation` says."""

    def __init__(self, rows: Told, invalidation: Any) -> None:
        self._invalidation = invalidation
        self._sink: coco.TargetActionSink[Any] = coco.TargetActionSink.from_fn(
            lambda context, actions: None, child_handler=lambda context, action: rows
        )

    def reconcile(
        self, key: Any, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, int]:
        changed = bool(records) and list(records) != [desired]
        return coco.TargetReconcileOutput(key, self._sink, desired, self._invalidation if changed else None)


@pytest.mark.parametrize(
    ("invalidation", "expected"), [(None, ([1], False)), ("lossy", ([1], True)), ("destructive", ([], True))]
)
def test_of_children_of_a_container_that_has_changed(make_app: Any, invalidation: Any, expected: Any) -> None:
    rows = Told()
    boxes: Any = coco.register_root_target_states_provider("test/boxes", Boxes(rows, invalidation))
    value = [1]

    @coco.fn
    async def main() -> None:
        box = await coco.mount_target(boxes.target_state("box", value[0]))
        coco.declare_target_state(box.target_state("row", 1))

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert rows.take() == [("row", [], True), ("row", [1], False)]
    value[0] = 2
    app.update_blocking()
    assert rows.take() == [("row", *expected)]
    app.update_blocking()
    assert rows.take() == [("row", [1], False)]
