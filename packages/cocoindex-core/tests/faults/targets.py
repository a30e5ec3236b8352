"""Targets that use what few need: reports, slots, identities, removals of their own, unique values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import cocoindex as coco
from cocoindex.connectorkits.target import Applied

from .codecs import Coded, Record
from .holdings import Act, Holder, Output
from .sites import Sites


class Tracked(Holder):
    """Its tracking records are objects: one that is made anew by its class, and in it one that is pickled."""

    def reconcile(self, key: Any, desired: Any, prev: Collection[Record], missing: bool, /) -> Output | None:
        self.sites.here(f"{self.name}.reconcile")
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(Act(key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and all(record.value == desired for record in prev):
            return None
        return coco.TargetReconcileOutput(Act(key, desired), self.sink, Record(desired))


class Pickled(Holder):
    """Its tracking records are pickled."""

    def reconcile(self, key: Any, desired: Any, prev: Collection[Coded], missing: bool, /) -> Output | None:
        self.sites.here(f"{self.name}.reconcile")
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(Act(key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and all(record.value == desired for record in prev):
            return None
        return coco.TargetReconcileOutput(Act(key, desired), self.sink, Coded(desired))


class Findings(Mapping[int, Any]):
    """A report that is no dict."""

    def __init__(self, name: str, sites: Sites, found: dict[int, Any]) -> None:
        self._name, self._sites, self._found = name, sites, found

    def __getitem__(self, index: int) -> Any:
        self._sites.here(f"{self._name}.report getitem")
        return self._found[index]

    def __iter__(self) -> Iterator[int]:
        self._sites.here(f"{self._name}.report iter")
        return iter(self._found)

    def __len__(self) -> int:
        self._sites.here(f"{self._name}.report len")
        return len(self._found)


class Reporting(Holder):
    """A target whose sink says what was stored."""

    def __init__(self, name: str, sites: Sites) -> None:
        super().__init__(name, sites, is_async=False)
        self.sink = coco.TargetActionSink.from_fn(self._report, reports=True)

    def _report(self, context: coco.ContextProvider, acts: Sequence[Act]) -> Mapping[int, Any]:
        self._now(context, acts)
        found = {at: Applied(act.value) for at, act in enumerate(acts) if act.value is not None}
        return Findings(self.name, self.sites, found)


class Slotted(Holder):
    """Containers whose sink fills slots with the handler of what is in them, which goes with them."""

    removes_children_first = False

    def __init__(self, name: str, sites: Sites) -> None:
        super().__init__(name, sites, is_async=False)
        self.rows = Holder(f"{name} rows", sites, is_async=False)
        self.sink = coco.TargetActionSink.from_fn_with_children(self._fill)

    def reconcile(self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /) -> Output | None:
        self.sites.here(f"{self.name}.reconcile")
        gone = coco.is_non_existence(desired)
        touch = not gone and not missing and all(value == desired for value in prev)
        return coco.TargetReconcileOutput(
            Act(key, None if gone else desired, touch), self.sink, coco.NON_EXISTENCE if gone else desired
        )

    def _fill(self, context: coco.ContextProvider, acts: Sequence[Act], slots: Mapping[int, Any]) -> None:
        self._now(context, acts)
        for slot in slots.values():
            slot.fulfill(self.rows)

    def _apply(self, acts: Sequence[Act]) -> None:
        if not self.removes_children_first and any(act.value is None for act in acts):
            self.rows.data.clear()
        super()._apply(acts)


class Emptied(Slotted):
    """Containers that leave what is in them when they are removed, which is removed by a handler of its own."""

    removes_children_first = True

    def __init__(self, name: str, sites: Sites) -> None:
        super().__init__(name, sites)
        self.sink = coco.TargetActionSink.from_fn(self._now, child_handler=self._child)

    def removal_handler(self, act: Act) -> Any:
        self.sites.here(f"{self.name}.removal_handler")
        return self.rows

    def _child(self, context: coco.ContextProvider, act: Act) -> Any:
        self.sites.here(f"{self.name}.child_handler")
        return self.rows


class Unique(Holder):
    """No value is there twice: what a call would leave is looked at as a whole."""

    def _now(self, context: coco.ContextProvider, acts: Sequence[Act]) -> None:
        self.sites.here(f"{self.name}.sink before")
        after = dict(self.data)
        for act in acts:
            after.pop(act.key, None)
        for act in acts:
            if act.value is not None and act.value in after.values():
                raise ValueError(f"{act.value} is there already")
            if act.value is not None:
                after[act.key] = act.value
        self._apply(acts)
        self.sites.here(f"{self.name}.sink after")
