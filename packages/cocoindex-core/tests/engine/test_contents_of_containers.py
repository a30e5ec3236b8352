"""A container's sink can ask what is tracked in the container, and what of it was applied."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.target import Applied, Contents

LONG = "x" * 500 + "-x"


class Fill(NamedTuple):
    """Make a shelf, or put a thing on one; `contents` are those of a shelf that was made before."""

    value: Any
    contents: Contents | None = None


class Shelves:
    """Handles shelves, which lose everything when `lost` says so.

    Attributes:
        seen: for each shelf that was made before, whether each thing that is tracked on it was applied.
        refused: values that cannot be put on a shelf.
    """

    def __init__(self) -> None:
        self.seen: dict[Any, bool] = {}
        self.refused: set[Any] = set()
        self.lost = False
        self.sink = coco.TargetActionSink.from_fn(self._apply, child_handler=lambda *_: Things(self), reports=True)
        self.provider: Any = coco.register_root_target_states_provider("test/shelves", self)

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Fill, Any, Things]:
        gone = coco.is_non_existence(desired)
        return coco.TargetReconcileOutput(Fill(desired), self.sink, coco.NON_EXISTENCE if gone else desired)

    def with_contents(self, action: Fill, contents: Contents) -> Fill:
        return action._replace(contents=contents)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[Fill]) -> dict[int, Applied[Any]]:
        found: dict[int, Applied[Any]] = {}
        for at, action in enumerate(actions):
            if action.value in self.refused:
                raise ValueError("told to refuse")
            if action.contents is not None:
                keys = [key for keys in action.contents.samples("-", 2) for key in keys]
                self.seen = {key: action.contents.is_applied(key) for key in keys}
                found[at] = Applied(action.value, "lossy" if self.lost else None)
        return found


class Things:
    """Handles the things on shelves."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Fill, Any] | None:
        if not missing and all(value == desired for value in prev):
            return None
        gone = coco.is_non_existence(desired)
        return coco.TargetReconcileOutput(Fill(desired), self._shelves.sink, coco.NON_EXISTENCE if gone else desired)


def test_what_is_tracked_and_what_was_applied(make_app: Any) -> None:
    shelves = Shelves()
    things: dict[Any, int] = {"in-b": 1, "in-a": 2, "in-c": 5, "in-refused-r": 3, "none": 6, LONG: 4, ("in-t", 1): 7}
    runs: list[Any] = []

    @coco.fn(memo=True)
    async def put(thing: tuple[Any, int], shelf: Any) -> None:
        key, value = thing
        runs.append(key)
        coco.declare_target_state(shelf.target_state(key, value))

    @coco.fn
    async def main() -> None:
        shelf = await coco.mount_target(shelves.provider.target_state("shelf", "made"))
        await coco.mount_each(put, [(key, (key, value)) for key, value in things.items()], shelf)

    app = make_app(main)
    shelves.refused = {3}
    app.update_blocking()
    assert shelves.seen == {}
    app.update_blocking()
    assert list(shelves.seen.items()) == [("in-a", True), ("in-b", True), ("in-refused-r", False)]
    shelves.refused.clear()
    del things["in-b"]
    app.update_blocking()
    runs.clear()
    shelves.lost = True
    app.update_blocking()
    assert list(shelves.seen.items()) == [("in-a", True), ("in-c", True), ("in-refused-r", True)]
    assert {*runs} == {*things} and len(runs) == len(things)
