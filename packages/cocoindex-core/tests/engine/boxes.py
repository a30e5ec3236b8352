"""A target of boxes with items, in memory, whose boxes stay while something that nobody declared is in them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.target import Applied, SettledRecords

_numbers = itertools.count()

Path = tuple[str, ...]


class BoxAction(NamedTuple):
    """Put an item at a path, make a box there (`BOX`), or remove what is there (None)."""

    path: Path
    value: Any


BOX = "a box"


class Boxes:
    """What is in the boxes, and what was asked of them.

    Attributes:
        things: by path; a box is `BOX` plus the number that tells it from others.
        calls: the actions of each call of the sink.
        asked: what each handler was told of previous records: the key, the records, whether they are settled.
    """

    def __init__(self) -> None:
        self.things: dict[Path, Any] = {}
        self.calls: list[list[BoxAction]] = []
        self.asked: list[tuple[Path, list[Any], bool, bool]] = []
        self.made = itertools.count(1)
        self.sink = coco.TargetActionSink.from_fn(
            self._apply, child_handler=lambda _, action: BoxHandler(self, action.path), reports=True
        )
        self.provider: Any = coco.register_root_target_states_provider(
            f"test/boxes{next(_numbers)}",
            BoxHandler(self, ()),
        )

    def _apply(self, context: coco.ContextProvider, actions: Sequence[BoxAction]) -> dict[int, Applied[Any]]:
        self.calls.append(list(actions))
        found: dict[int, Applied[Any]] = {}
        for at, action in enumerate(actions):
            if action.value is None:
                if not any(path[: len(action.path)] == action.path != path for path in self.things):
                    self.things.pop(action.path, None)
            elif isinstance(action.value, tuple):
                found[at] = self._box(action)
            else:
                self.things[action.path] = action.value
        return found

    def _box(self, action: BoxAction) -> Applied[Any]:
        known = action.value[1]
        number = self.things.setdefault(action.path, next(self.made))
        return Applied(f"{BOX} {number}", "lossy" if known not in ([], [f"{BOX} {number}"]) else None)


class BoxHandler:
    """Handles items, and boxes (whose wanted value is `BOX`)."""

    removes_children_first = True

    def __init__(self, boxes: Boxes, path: Path) -> None:
        self._boxes = boxes
        self._path = path

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any, BoxHandler] | None:
        path = (*self._path, str(key))
        self._boxes.asked.append((path, list(prev), missing, isinstance(prev, SettledRecords)))
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(BoxAction(path, None), self._boxes.sink, coco.NON_EXISTENCE)
        was_box = any(str(record).startswith(BOX) for record in prev)
        if desired == BOX:
            return coco.TargetReconcileOutput(BoxAction(path, (BOX, list(prev))), self._boxes.sink, BOX)
        if not missing and all(record == desired for record in prev):
            return None
        invalidation: Any = "destructive" if was_box else None
        return coco.TargetReconcileOutput(BoxAction(path, desired), self._boxes.sink, desired, invalidation)
