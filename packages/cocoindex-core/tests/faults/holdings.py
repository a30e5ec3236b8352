"""Targets that hold their data in dicts, and whose every function is a place that may raise."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.target import Contents

from .sites import Sites

Output = coco.TargetReconcileOutput[Any, Any]


class Act(NamedTuple):
    """Put a value, or with None remove what is there; a container is touched where it is as it should be."""

    key: Any
    value: Any
    touch: bool = False


class Holder:
    """A target: `data` by key; half of a call's actions are applied ahead of the place `NAME.sink amid`."""

    def __init__(self, name: str, sites: Sites, *, is_async: bool) -> None:
        self.name, self.sites = name, sites
        self.data: dict[Any, Any] = {}
        self.actions = 0
        self._lock = threading.Lock()
        self.sink = (
            coco.TargetActionSink.from_async_fn(self._later) if is_async else coco.TargetActionSink.from_fn(self._now)
        )

    def reconcile(self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /) -> Output | None:
        self.sites.here(f"{self.name}.reconcile")
        if coco.is_non_existence(desired):
            if not prev and not missing:
                return None
            return coco.TargetReconcileOutput(Act(key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and all(value == desired for value in prev):
            return None
        return coco.TargetReconcileOutput(Act(key, desired), self.sink, desired)

    def _now(self, context: coco.ContextProvider, acts: Sequence[Act]) -> None:
        self.sites.here(f"{self.name}.sink before")
        self._apply(acts[: len(acts) // 2])
        self.sites.here(f"{self.name}.sink amid")
        self._apply(acts[len(acts) // 2 :])
        self.sites.here(f"{self.name}.sink after")

    async def _later(self, context: coco.ContextProvider, acts: Sequence[Act]) -> None:
        self.sites.here(f"{self.name}.sink before")
        await asyncio.sleep(0)
        self._apply(acts[: len(acts) // 2])
        self.sites.here(f"{self.name}.sink amid")
        await asyncio.sleep(0)
        self._apply(acts[len(acts) // 2 :])
        self.sites.here(f"{self.name}.sink after")

    def _apply(self, acts: Sequence[Act]) -> None:
        with self._lock:
            for act in acts:
                self.actions += not act.touch
                if act.value is None:
                    self.data.pop(act.key, None)
                else:
                    self.data[act.key] = act.value


class Identified(Holder):
    """A target that says what its keys stand for."""

    def physical_identity(self, key: Any, context: coco.ContextProvider | None = None, /) -> Any:
        self.sites.here(f"{self.name}.physical_identity")
        return "identified", key

    def physical_places(self, key: Any, context: coco.ContextProvider | None = None, /) -> Any:
        self.sites.here(f"{self.name}.physical_places")
        return [("nowhere", key)]


class Rows(Holder):
    """The rows of all containers, with indexes attached to them."""

    def __init__(self, sites: Sites) -> None:
        super().__init__("rows", sites, is_async=False)
        self.indexes = Holder("index", sites, is_async=True)

    def attachments(self) -> dict[str, Any]:
        self.sites.here("rows.attachments")
        return {"index": self.indexes}


class Containers(Holder):
    """Containers whose rows go with them, by `invalidation` when their value changes."""

    def __init__(self, sites: Sites, rows: Rows, invalidation: Any) -> None:
        super().__init__("tables", sites, is_async=False)
        self.rows, self.invalidation = rows, invalidation
        self.sink = coco.TargetActionSink.from_fn(self._now, child_handler=self._child)

    def reconcile(self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /) -> Output | None:
        self.sites.here("tables.reconcile")
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(Act(key, None), self.sink, coco.NON_EXISTENCE)
        same = not missing and all(value == desired for value in prev)
        changed: Any = self.invalidation if prev and not same else None
        return coco.TargetReconcileOutput(Act(key, desired, same), self.sink, desired, changed)

    def with_contents(self, act: Act, contents: Contents) -> Act:
        self.sites.here("tables.with_contents")
        return act

    def _apply(self, acts: Sequence[Act]) -> None:
        for act in acts:
            if act.value is None or (not act.touch and self.invalidation == "destructive"):
                self.rows.data.clear()
                self.rows.indexes.data.clear()
        super()._apply(acts)

    def _child(self, context: coco.ContextProvider, act: Act) -> Rows:
        self.sites.here("tables.child_handler")
        return self.rows
