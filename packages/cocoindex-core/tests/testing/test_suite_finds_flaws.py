"""`TargetSuite` passes a sound connector, and fails one that has any of the flaws that connectors have."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import cocoindex as coco
from cocoindex.testing import TargetDriver, TargetSuite

TESTS = [name for name, _ in inspect.getmembers(TargetSuite, inspect.isfunction) if name.startswith("test_")]

Boxes = dict[str, dict[coco.StableKey, int]]
Handle = coco.TargetStateProvider[int, None]


class Action(NamedTuple):
    """Set an item, or remove it where the value is None."""

    box: str
    key: coco.StableKey
    value: int | None


class Items:
    """Items of one box, with a flaw."""

    def __init__(self, boxes: Boxes, box: str, flaw: str) -> None:
        self._boxes, self._box, self._flaw = boxes, box, flaw
        self._sink = coco.TargetActionSink[Action].from_fn(self._apply)

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Action, int, None] | None:
        if self._flaw == "trusts the last record":
            records = list(records)[-1:]
        if self._flaw == "takes nothing for missing":
            may_be_missing = False
        if coco.is_non_existence(desired):
            if self._flaw == "never deletes":
                return None
            return coco.TargetReconcileOutput(Action(self._box, key, None), self._sink, desired)
        same = records and not may_be_missing and all(record == desired for record in records)
        if same and self._flaw != "always acts":
            return None
        return coco.TargetReconcileOutput(Action(self._box, key, desired), self._sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[Action]) -> None:
        if self._flaw == "drops writes beside deletes" and any(action.value is None for action in actions):
            actions = [action for action in actions if action.value is None]
        if any(action.value == -1 for action in actions) and self._flaw != "takes bad items":
            raise ValueError("no negative numbers")
        for box, key, value in actions[:20] if self._flaw == "loses items of large batches" else actions:
            items = self._boxes["box" if self._flaw == "mixes up containers" else box]
            key = str(key).lower()
            if value is None:
                if self._flaw == "deletes once":
                    del items[key]
                items.pop(key, None)
            elif self._flaw == "only inserts" and key in items:
                raise ValueError(f"there is a {key!r} already")
            else:
                items[key] = value


class Containers:
    """Boxes of items, with a flaw."""

    def __init__(self, boxes: Boxes, flaw: str) -> None:
        self._boxes, self._flaw = boxes, flaw
        if flaw == "says its children too late":
            self._sink = coco.TargetActionSink[Action].from_fn_with_children(self._apply_and_fulfill)
        else:
            self._sink = coco.TargetActionSink[Action].from_fn(
                self._apply, child_handler=lambda _, action: Items(boxes, action.box, flaw)
            )

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Action, int, Items] | None:
        value = None if coco.is_non_existence(desired) else desired
        return coco.TargetReconcileOutput(Action(str(key), key, value), self._sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[Action]) -> None:
        for box, _, value in actions:
            if value is not None:
                self._boxes.setdefault(box, {})
            elif self._flaw != "keeps containers":
                self._boxes.pop(box, None)

    def _apply_and_fulfill(
        self, context: coco.ContextProvider, actions: Sequence[Action], slots: Mapping[int, coco.ChildSlot[Items]]
    ) -> None:
        self._apply(context, actions)
        for number, slot in slots.items():
            slot.fulfill(Items(self._boxes, actions[number].box, self._flaw))


class Unnamed:
    """What hides the memo key of a provider."""

    def __init__(self, provider: Handle) -> None:
        self.provider = provider

    def __coco_memo_key__(self) -> object:
        return id(self)


class Dicts(TargetDriver[Any, int]):
    """Boxes in memory, to which the case of letters means nothing."""

    values = (1, 2, 3)
    refused = ("bad", -1)
    spellings = (("a", "A"), ("b", "B"))

    def __init__(self, flaw: str) -> None:
        self._boxes: Boxes = {"box": {}}
        self._flaw = flaw
        self._provider = coco.register_root_target_states_provider("test/boxes", Containers(self._boxes, flaw))

    async def mount(self, container: str) -> Any:
        provider = await coco.mount_target(self._provider.target_state(container, 1))
        return Unnamed(provider) if self._flaw == "has no memo key" else provider

    def declare(self, handle: Any, key: coco.StableKey, value: int) -> None:
        provider = handle.provider if isinstance(handle, Unnamed) else handle
        if self._flaw != "takes spellings apart":
            key = str(key).lower()
        coco.declare_target_state(provider.target_state(key, value))

    def contents(self, container: str) -> Mapping[coco.StableKey, int] | None:
        return self._boxes.get(container)


def failed(flaw: str, folder: Path) -> set[str]:
    """The tests of the suite that a connector with this flaw fails."""
    names = set()
    for name in TESTS:
        (folder / name).mkdir()
        run: Callable[..., None] = getattr(TargetSuite(), name)
        try:
            run(driver=Dicts(flaw), tmp_path=folder / name)
        except unittest.SkipTest:  # nobody else can put anything into these boxes
            continue
        except Exception:
            names.add(name)
    return names


def test_a_sound_connector_passes(tmp_path: Path) -> None:
    assert failed("", tmp_path) == set()


@pytest.mark.parametrize(
    ("flaw", "test"),
    [
        ("never deletes", "test_items_that_are_declared_no_more_are_deleted"),
        ("always acts", "test_unchanged_items_give_no_action"),
        ("takes nothing for missing", "test_a_full_reprocess_applies_every_item"),
        ("trusts the last record", "test_what_was_interrupted_before_it_was_applied_is_repaired"),
        ("only inserts", "test_what_was_applied_and_not_remembered_is_repaired"),
        ("deletes once", "test_what_was_applied_and_not_remembered_is_repaired"),
        ("loses items of large batches", "test_many_items_are_written_and_deleted_together"),
        ("mixes up containers", "test_containers_are_apart"),
        ("keeps containers", "test_a_container_that_is_declared_no_more_goes_alone"),
        ("keeps containers", "test_a_dropped_app_leaves_nothing"),
        ("says its children too late", "test_a_preview_touches_nothing"),
        ("drops writes beside deletes", "test_calls_mix_writes_and_deletes"),
        ("takes spellings apart", "test_two_spellings_of_a_key_are_one_item"),
        ("takes bad items", "test_one_bad_item_fails_alone"),
        ("has no memo key", "test_memoized_components_keep_their_items"),
    ],
)
def test_a_flaw_is_found(tmp_path: Path, flaw: str, test: str) -> None:
    assert test in failed(flaw, tmp_path)
