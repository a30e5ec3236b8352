"""A target in memory with all that a target may have, and any of the flaws that connectors have."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.target import Applied, SettledRecords
from cocoindex.errors import ContainerLostError
from cocoindex.testing import TargetDriver

EFFECTS: dict[str, Any] = {"wider": None, "shorter": "lossy", "anew": "destructive"}
_numbers = itertools.count()


class Item(NamedTuple):
    value: int
    ours: bool = True


@dataclass
class Box:
    """What the store holds under a name."""

    schema: str = ""
    ours: bool = True
    number: int = field(default_factory=lambda: next(_numbers))
    items: dict[str, Item] = field(default_factory=dict)
    was_changed: bool = False
    was_found: bool = False
    labels: dict[str, int] = field(default_factory=dict)


class Record(NamedTuple):
    """What is remembered of a box."""

    schema: str
    how: str
    number: int = -1


class Action(NamedTuple):
    """On a box, on an item (`key`) or on an attachment (`label`); a value of None removes it."""

    box: str
    value: Any
    key: str | None = None
    label: str | None = None
    was: tuple[Any, ...] = ()
    anew: bool = False


class Store:
    """Boxes, the sink that changes them, and a flaw."""

    def __init__(self, flaw: str) -> None:
        self.boxes: dict[str, Box] = {}
        self.flaw = flaw
        self.away = self.broken = self.locked = False
        self.gone: set[str] = set()
        self.deleted: dict[str, dict[str, Item]] = {}
        self.attached: dict[tuple[str, str], int] = {}
        self._current = ""
        if flaw == "says its children too late":
            self.sink = coco.TargetActionSink[Action].from_async_fn_with_children(self._apply_and_fulfill)
        else:
            self.sink = coco.TargetActionSink[Action].from_async_fn(
                self._apply, reports=True, child_handler=lambda _, action: Items(self, action.box)
            )

    async def _apply(self, context: coco.ContextProvider, actions: Sequence[Action]) -> dict[int, Applied[Any]]:
        if self.away or self.broken:
            self.broken = self.flaw == "never reconnects"
            if self.flaw == "hides outages" or (self.flaw == "hides outages from items" and actions[0].key is not None):
                return {}
            raise ConnectionError("the store is away")
        if self.locked:
            raise RuntimeError("the store is locked")
        self.locked = self.flaw == "stays locked after a cancellation"
        self._current = actions[0].box
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.locked = False
        kept = deepcopy(self.boxes)
        try:
            return self._apply_now(actions)
        except Exception:
            if self.flaw == "stays locked after a failure":
                self.locked = True
            if self.flaw != "applies as it goes":
                self.boxes.clear()
                self.boxes.update(kept)
            raise

    async def _apply_and_fulfill(
        self, context: coco.ContextProvider, actions: Sequence[Action], slots: Mapping[int, coco.ChildSlot[Any]]
    ) -> None:
        await self._apply(context, actions)
        for number, slot in slots.items():
            slot.fulfill(Items(self, actions[number].box))

    def _apply_now(self, actions: Sequence[Action]) -> dict[int, Applied[Any]]:
        flaw = self.flaw
        items = [action for action in actions if action.key is not None]
        if flaw == "drops writes beside deletes" and any(action.value is None for action in items):
            actions = [action for action in actions if action.key is None or action.value is None]
        if flaw == "loses items of large batches":
            actions = actions[:20]
        if flaw == "removes one container a call":
            actions = [*items, *[action for action in actions if action.key is None][:1]]
        if flaw == "empties containers whose items go with them" and any(action.value is None for action in items):
            for action in actions:
                if action.key is None and action.label is None and action.value is None and action.box in self.boxes:
                    self.boxes[action.box].items = {}
        if flaw == "replaces all by each batch":
            for box in {action.box for action in items}:
                self.boxes[box].items = {}
        reports = {}
        for at, action in enumerate(actions):
            if action.label is not None:
                self._label(action, action.label)
            elif action.key is not None:
                self._item(action, action.key)
            elif action.value is None:
                self._remove(action.box, action.was)
            elif (report := self._keep(action)) is not None:
                reports[at] = report
        return reports

    def _item(self, action: Action, key: str) -> None:
        flaw = self.flaw
        name = {"mixes up containers": "box", "mixes up calls": self._current}.get(flaw, action.box)
        if action.value is not None and flaw == "makes containers with their items":
            self.boxes.setdefault(name, Box())
        if action.value is not None and name not in self.boxes and flaw != "does not tell that a container is lost":
            raise ContainerLostError(f"there is no box {name!r} any more")
        box = self.boxes[name] if action.value is not None else self.boxes.get(name, Box())
        if flaw == "loses attachments with writes":
            box.labels.clear()
        key = key.lower()
        if flaw == "names items after those who declare them":
            key = key.partition(" of ")[0]
        there = box.items.get(key)
        if action.value is None:
            self.gone.add(key)
            if flaw == "deletes once" and there is None:
                raise KeyError(key)
            if there is not None and (there.ours or flaw == "overwrites others"):
                self.deleted.setdefault(name, {})[key] = box.items.pop(key)
            return
        if action.value == -1 and flaw != "takes bad items":
            raise ValueError("no such number")
        if there is not None and not there.ours and flaw != "overwrites others":
            raise ValueError("somebody else's")
        if flaw == "only inserts" and there is not None:
            raise ValueError(f"there is a {key!r} already")
        skipped = {
            "never writes": True,
            "never updates": there is not None,
            "makes nothing again": key in self.gone,
            "updates nothing once the schema changed": there is not None and box.was_changed,
            "drops zeros": action.value == 0,
        }
        if not skipped.get(flaw, False):
            base = there.value - action.was[0] if flaw == "adds what changed" and there and action.was else 0
            box.items[key] = Item(base + action.value)

    def _label(self, action: Action, label: str) -> None:
        box = self.boxes.get(action.box)
        if action.value is None:
            if box is not None and self.flaw != "never removes attachments":
                box.labels.pop(label, None)
        elif self.flaw != "makes attachments once" or self.attached.get((action.box, label)) != action.value:
            assert box is not None
            box.labels[label] = self.attached[action.box, label] = action.value

    def _remove(self, name: str, was: Sequence[Any]) -> None:
        box = self.boxes.get(name)
        if self.flaw == "removes all boxes":
            self.boxes.clear()
        if box is None or self.flaw == "keeps containers":
            return
        how = next((each.how for each in was), "")
        emptying = {
            f"empties containers of {how or 'the app'}": True,
            "removes containers of several apps": all(item.ours for item in box.items.values()),
            "removes containers that it found": box.was_found,
        }
        if emptying.get(self.flaw, False):
            box.items = {}
        removing = self.flaw in ("removes what others made", f"removes containers of {how or 'the app'}")
        if not box.ours and not removing:
            return
        if not box.items or removing:
            self.boxes.pop(name, None)
            if self.flaw == "keeps attachments of removed containers" and box.labels:
                self.boxes[name] = Box(labels=box.labels, items=box.items)
        else:
            box.labels, box.ours = {}, False

    def _keep(self, action: Action) -> Applied[Any] | None:
        """Have a box as it should be; reports which one it is, and what that does to its items."""
        record: Record = action.value
        box = self.boxes.get(action.box)
        made = box is None
        if box is None:
            refused = {"user": self.flaw != "makes what the user should make", "adopt": self.flaw == "only adopts"}
            if refused.get(record.how, False):
                raise LookupError("there is no such box")
            if self.flaw == "makes containers with their items":
                return None
            box = self.boxes[action.box] = Box(record.schema)
            if self.flaw == "restores what was removed":
                box.items = self.deleted.pop(action.box, {})
        elif not box.ours and not action.was and self.flaw == "removes containers that it found":
            box.ours = box.was_found = True
        elif action.anew and self.flaw == "clears in a full reprocess":
            box.items.clear()
        self._change(box, record.schema)
        found = record._replace(number=box.number)
        effect = self._effect(record, action.was)
        if action.was and self.flaw != "does not look for its containers":
            if made:
                is_missed = self.flaw == "makes lost containers of adopt empty" and record.how == "adopt"
                effect = effect if is_missed else "destructive"
            elif {was.number for was in action.was} != {box.number} and not self._trusts_names(record):
                effect = effect or "lossy"
        return Applied(found, effect)

    def _trusts_names(self, record: Record) -> bool:
        flaws = ["trusts the last record of a box", "knows its containers by their names"]
        return self.flaw in flaws or (self.flaw == "knows containers of others by their names" and record.how != "")

    def _change(self, box: Box, schema: str) -> None:
        if box.schema == schema:
            return
        effect = max(EFFECTS.get(box.schema) or "", EFFECTS.get(schema) or "")
        if self.flaw == "rebuilds silently":
            box.items = {key: item for key, item in box.items.items() if not item.ours}
        if self.flaw == "loses attachments with its schema":
            box.labels.clear()
        if effect and not all(item.ours for item in box.items.values()) and self.flaw != "rebuilds with all in it":
            raise ValueError("there are items of others in it")
        if effect:
            box.items = {}
        box.schema, box.was_changed = schema, True

    def _effect(self, record: Record, was: Sequence[Record]) -> Any:
        """What a change does to the items, for any of the records."""
        others = [each.schema for each in was if each.schema != record.schema]
        if not others or self.flaw == "says of no change what it does":
            return None
        if self.flaw == "says of each change that it loses data":
            return "lossy"
        if self.flaw == "trusts the last record of a box" and was[-1].schema == record.schema:
            return None
        effects = [EFFECTS.get(schema) or "" for schema in (*others, record.schema)]
        return "lossy" if "lossy" in effects else "destructive" if "destructive" in effects else None


class Items:
    """The items of one box, and what is attached to it."""

    def __init__(self, store: Store, box: str) -> None:
        self._store = store
        self._box = box

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Action, int, None] | None:
        flaw = self._store.flaw
        was = tuple(records)
        if flaw == "trusts the last record":
            records = was[-1:]
        if flaw == "trusts the first record":
            records = was[:1]
        if flaw == "trusts any record" and desired in records:
            records = (desired,)
        if flaw == "takes nothing for missing":
            may_be_missing = False
        if flaw == "takes a full reprocess for nothing" and isinstance(records, SettledRecords):
            may_be_missing = False
        if coco.is_non_existence(desired):
            undeleted = {
                "never deletes": True,
                "takes nothing for missing": not records,
                "takes for gone what may be missing": may_be_missing,
            }
            if undeleted.get(flaw, False):
                return None
            return coco.TargetReconcileOutput(Action(self._box, None, self._key(key)), self._store.sink, desired)
        same = records and not may_be_missing and all(record == desired for record in records)
        if same and flaw != "always acts":
            return None
        return coco.TargetReconcileOutput(
            Action(self._box, desired, self._key(key), was=was), self._store.sink, desired
        )

    def attachments(self) -> dict[str, Any]:
        return {"label": Labels(self._store, self._box)}

    def _key(self, key: coco.StableKey) -> str:
        if isinstance(key, str) or self._store.flaw == "takes keys for their texts":
            return str(key)
        return f"{type(key).__name__}:{key!r}"


class Labels(Items):
    """What is attached to a box: numbers with names."""

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[int], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Action, int, None] | None:
        if self._store.flaw == "trusts the last record of an attachment":
            records, may_be_missing = list(records)[-1:], may_be_missing and not records
        if coco.is_non_existence(desired):
            value = None
        elif records and not may_be_missing and all(record == desired for record in records):
            return None
        else:
            value = desired
        return coco.TargetReconcileOutput(Action(self._box, value, label=str(key)), self._store.sink, desired)

    def attachments(self) -> dict[str, Any]:
        return {}


class Boxes:
    """The boxes of a store."""

    removes_children_first = True

    def __init__(self, store: Store) -> None:
        self._store = store
        if store.flaw in ("empties containers of the app", "removes containers of the app", "removes what others made"):
            self.removes_children_first = False

    def reconcile(
        self, key: coco.StableKey, desired: Any, records: Collection[Record], may_be_missing: bool, /
    ) -> coco.TargetReconcileOutput[Action, Record, Items] | None:
        value = None if coco.is_non_existence(desired) else desired
        anew = may_be_missing and isinstance(records, SettledRecords)
        action = Action(str(key), value, was=tuple(records), anew=anew)
        return coco.TargetReconcileOutput(action, self._store.sink, desired)


class Handle:
    """What items of a box are declared with."""

    def __init__(self, provider: Any, known: bool) -> None:
        self.provider = provider
        self._known = known

    def __coco_memo_key__(self) -> object:
        return self.provider.memo_key if self._known else next(_numbers)


class BoxesDriver(TargetDriver[Handle, int]):
    """Boxes in memory, to which the case of letters means nothing."""

    suite_version = "0.2"
    values = (1, 2, 3)
    refused = ("bad", -1)
    spellings = (("a", "A"), ("b", "B"))
    odd_values = (0, -2, 10**30)
    changes = tuple(EFFECTS.items())
    attachments = (7, 8)
    transactional = True
    shared = True
    told_apart = True
    patience = 5.0

    def __init__(self, flaw: str = "") -> None:
        self.store = Store(flaw)
        self.flaw = flaw
        self._provider = coco.register_root_target_states_provider("test/boxes", Boxes(self.store))
        self.store.boxes["box"] = Box()

    async def provide(self, builder: coco.EnvironmentBuilder) -> None:
        self.store.broken = False

    async def mount(self, container: str, schema: str = "", how: str = "") -> Handle:
        state = self._provider.target_state(container, Record(schema, how))
        return Handle(await coco.mount_target(state), self.flaw != "has no memo key")

    async def mount_changed(self, container: str, change: str) -> Handle:
        return await self.mount(container, change)

    async def mount_of_user(self, container: str) -> Handle:
        return await self.mount(container, how="user")

    async def mount_adopted(self, container: str) -> Handle:
        return await self.mount(container, how="adopt")

    def declare(self, handle: Handle, key: coco.StableKey, value: int) -> None:
        if isinstance(key, str) and self.flaw != "takes spellings apart":
            key = key.lower()
        if isinstance(key, str) and self.flaw == "names items after those who declare them":
            key = f"{key} of {coco.get_component_context()!r}"
        coco.declare_target_state(handle.provider.target_state(key, value))

    def attach(self, handle: Handle, name: str, definition: int) -> None:
        coco.declare_target_state(handle.provider.attachment("label").target_state(name, definition))

    def attached(self, container: str) -> dict[str, int]:
        box = self.store.boxes.get(container)
        return {} if box is None else box.labels

    def contents(self, container: str) -> dict[coco.StableKey, int] | None:
        box = self.store.boxes.get(container)
        return None if box is None else {key: item.value for key, item in box.items.items()}

    def make_by_hand(self, container: str) -> None:
        self.store.boxes[container] = Box(ours=False)

    def put_by_hand(self, container: str, key: coco.StableKey, value: int) -> None:
        self.store.boxes.setdefault(container, Box(ours=False)).items[str(key)] = Item(value, ours=False)

    def remove_by_hand(self, container: str) -> None:
        del self.store.boxes[container]

    def go_away(self) -> None:
        self.store.away = True

    def come_back(self) -> None:
        self.store.away = False
