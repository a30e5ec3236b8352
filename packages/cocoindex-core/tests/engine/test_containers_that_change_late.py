"""A container is made anew, or loses something, after other components filled it in the same update: they fill it
again."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers

at = coco.component_subpath
numbers = itertools.count()
BOX = "a box"


class Program:
    """Two components declare one table, with a schema, and a row each; one of them may fail."""

    def __init__(self, make_app: Any, invalidation: str, *, memo: bool) -> None:
        self.target = RecordingContainers(invalidation=invalidation)
        self.order = "ab"
        self.schema = 1
        self.value = 1
        self.failing = ""
        self.waits = False
        self.was_changed = asyncio.Event()

        @coco.fn(memo=memo)
        async def part(name: str, schema: int, value: int, fails: bool) -> None:
            if fails:
                raise ValueError("told to fail")
            table = await coco.mount_target(self.target.table("t", schema))
            coco.declare_target_state(table.target_state(name, value))
            if self.waits and name == "b":
                await self.was_changed.wait()
            self.was_changed.set()

        @coco.fn
        async def main() -> None:
            for name in self.order:
                value = self.value if name == "b" else 1
                handle = await coco.mount(at(name), part, name, self.schema, value, name == self.failing)
                if not self.waits:
                    await handle.ready()

        self.app = make_app(main)

    def update(self) -> dict[str, int]:
        """Return the rows after an update."""
        self.target.rows.take()
        self.was_changed = asyncio.Event()
        self.app.update_blocking()
        return dict(self.target.tables["t"])

    def change_schema_of_one(self, *, in_vain: bool) -> None:
        """Change the schema while only one component declares it, and then take that back."""
        self.schema, self.failing = 2, "b"
        self.target.fail_keys = {"t"} if in_vain else set()
        self.app.update_blocking()
        self.schema, self.failing = 1, ""
        self.target.fail_keys = set()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "cocoindex")


@pytest.mark.parametrize("in_vain", [False, True])
@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("invalidation", ["destructive", "lossy"])
def test_a_schema_that_one_component_changed_is_taken_back(
    make_app: Any, invalidation: str, memo: bool, order: str, in_vain: bool
) -> None:
    program = Program(make_app, invalidation, memo=memo)
    assert program.update() == {"a": 1, "b": 1}
    program.change_schema_of_one(in_vain=in_vain)
    program.order = order
    assert program.update() == {"a": 1, "b": 1}
    assert program.update() == {"a": 1, "b": 1}
    assert program.target.rows.actions == []


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("invalidation", ["destructive", "lossy"])
def test_it_changes_while_a_component_that_filled_it_runs(make_app: Any, invalidation: str, memo: bool) -> None:
    program = Program(make_app, invalidation, memo=memo)
    program.update()
    program.change_schema_of_one(in_vain=False)
    program.order, program.waits, program.value = "ba", True, 2
    assert program.update() == {"a": 1, "b": 2}
    program.waits = False
    program.update()
    assert program.update() == {"a": 1, "b": 2}
    assert program.target.rows.actions == []
    program.app.drop_blocking()
    assert program.target.tables == {}


class Places:
    """Items and boxes by path; an item takes the place of a box with all that is in it."""

    def __init__(self, things: dict[tuple[Any, ...], str], path: tuple[Any, ...] = ()) -> None:
        self.things = things
        self.path = path
        self.sink = coco.TargetActionSink.from_fn(
            self.apply, child_handler=lambda context, action: Places(things, action[0])
        )

    def reconcile(self, key: coco.StableKey, desired: Any, prev: Collection[str], missing: bool, /) -> Any:
        action = ((*self.path, key), desired)
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(action, self.sink, desired)
        if not missing and all(record == desired for record in prev):
            return None if desired != BOX else coco.TargetReconcileOutput((action[0], None), self.sink, desired)
        changed: Any = "destructive" if any((record == BOX) != (desired == BOX) for record in prev) else None
        return coco.TargetReconcileOutput(action, self.sink, desired, changed)

    def apply(self, context: coco.ContextProvider, actions: Sequence[tuple[tuple[Any, ...], Any]]) -> None:
        for path, value in actions:
            assert len(path) == 1 or self.things[path[:-1]] == BOX
            if value is None:  # nothing to do
                continue
            if value != self.things.get(path):
                for below in [each for each in self.things if each[: len(path)] == path]:
                    del self.things[below]
            if not coco.is_non_existence(value):
                self.things[path] = value


def test_an_item_that_took_its_place_goes(make_app: Any) -> None:
    things: dict[tuple[Any, ...], str] = {}
    places: Any = coco.register_root_target_states_provider(f"test/places{next(numbers)}", Places(things))
    shown: list[str] = []

    @coco.fn
    async def item() -> None:
        coco.declare_target_state(places.target_state("k", "item"))

    @coco.fn
    async def main() -> None:
        if "box" in shown:
            box = await coco.mount_target(places.target_state("k", BOX))
            coco.declare_target_state(box.target_state("a", "1"))
        if "item" in shown:
            await (await coco.mount(at("item"), item)).ready()
            raise ValueError("nothing is swept")

    app = make_app(main)
    shown[:] = ["box"]
    app.update_blocking()
    shown[:] = ["item"]
    with pytest.raises(ValueError, match="nothing is swept"):
        app.update_blocking()
    shown[:] = ["box"]
    app.update_blocking()
    assert things == {("k",): BOX, ("k", "a"): "1"}
