"""A change of a container that may lose what is in it reaches its rows and attachments, and memoized components."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco

DECLARES = ["rows", "index", "both"]


class Leaf:
    """Rows or indexes, in a dict that the container may lose."""

    def __init__(self, attached: Leaf | None = None) -> None:
        self.data: dict[Any, Any] = {}
        self.attached = attached
        self.sink = coco.TargetActionSink.from_fn(self.apply)

    def attachments(self) -> dict[str, Any]:
        return {} if self.attached is None else {"index": self.attached}

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and list(prev) == [desired]:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        for key, value in actions:
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value


class Table:
    """A container that loses what is in it whenever its shape changes."""

    def __init__(self, invalidation: Any) -> None:
        self.index = Leaf()
        self.rows = Leaf(self.index)
        self.invalidation = invalidation
        self.sink = coco.TargetActionSink.from_fn(self.apply, child_handler=lambda context, action: self.rows)
        self.provider: Any = coco.register_root_target_states_provider("test/losing_table", self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any]:
        gone = coco.is_non_existence(desired)
        changed = not gone and bool(prev) and list(prev) != [desired]
        return coco.TargetReconcileOutput(
            changed or gone, self.sink, coco.NON_EXISTENCE if gone else desired, self.invalidation if changed else None
        )

    def apply(self, context: coco.ContextProvider, actions: Sequence[bool]) -> None:
        if any(actions):
            self.rows.data.clear()
            self.index.data.clear()


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("declares", DECLARES)
@pytest.mark.parametrize("invalidation", ["lossy", "destructive"])
@pytest.mark.parametrize("nested", [False, True])
def test_what_was_lost_is_there_again(
    make_app: Any, memo: bool, declares: str, invalidation: str, nested: bool
) -> None:
    table, shape, runs = Table(invalidation), {"shape": 1}, list[str]()

    @coco.fn(memo=memo)
    async def filled(handle: Any) -> None:
        runs.append("filled")
        if declares != "index":
            coco.declare_target_state(handle.target_state("row", 1))
        if declares != "rows":
            coco.declare_target_state(handle.attachment("index").target_state("index", 1))

    @coco.fn(memo=memo)
    async def outer(handle: Any) -> None:
        await coco.mount(filled, handle)

    @coco.fn
    async def main() -> None:
        handle = await coco.mount_target(table.provider.target_state("t", shape["shape"]))
        await coco.mount(outer if nested else filled, handle)

    app = make_app(main)
    app.update_blocking()
    whole = (dict(table.rows.data), dict(table.index.data))
    assert any(whole)
    for number in range(2, 4):
        shape["shape"] = number
        app.update_blocking()
        assert (table.rows.data, table.index.data) == whole
    runs.clear()
    app.update_blocking()
    assert (table.rows.data, table.index.data) == whole
    assert not (memo and runs)


def test_what_declared_nothing_in_it_has_nothing_to_lose(make_app: Any) -> None:
    table, shape, runs = Table("lossy"), {"shape": 1}, list[str]()

    @coco.fn(memo=True)
    async def child(handle: Any, name: str) -> None:
        runs.append(name)
        if name == "other":
            coco.declare_target_state(handle.target_state("row", 1))

    @coco.fn
    async def main(names: list[str]) -> None:
        for at in "tu":
            handle = await coco.mount_target(table.provider.target_state(at, shape["shape"]))
            for name in names:
                await coco.mount(coco.component_subpath(at, name), child, handle, name)

    app = make_app(main, ["none"])
    for number in range(3):
        shape["shape"] = number
        app.update_blocking()
    assert runs == ["none", "none"]
