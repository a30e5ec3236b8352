"""A keyed collection in memory: one part of a program declares its entries, another mounts each of them.

Resources layer. The entries are target states of a container that is new in each session, so memoized producers
declare them again in a new process.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Generic, Self, TypeVar

import cocoindex as coco
from cocoindex.connectorkits import SingleWatcherGuard
from cocoindex.errors import PathExistsError

__all__ = ["LiveMap"]

K = TypeVar("K", bound=coco.StableKey)
V = TypeVar("V")

_ABSENT = object()


class LiveMap(Generic[K, V]):
    """A map whose entries some components declare, and `coco.mount_each()` mounts one by one.

    Create it with `await LiveMap.create()`. Like any target state, an entry belongs to the component that declared it
    and is removed when that component no longer declares it. Only one `mount_each` at a time can use the map. It is
    kept in memory and starts empty.

    Keys are stable keys; values are any objects that can be compared with `==`. Declaring an equal value is not a
    change.
    """

    def __init__(self) -> None:
        self._entries: dict[K, V] = {}
        # The record of an entry is a number in place of its value, which need not be serializable. If two components
        # declare the same key and one of them is removed, the number shows whether the other's value is current.
        self._numbers: dict[K, int] = {}
        self._number = itertools.count()
        self._changed: dict[K, None] = {}
        self._wake = asyncio.Event()
        self._watched = SingleWatcherGuard("LiveMap")
        self._sink = coco.TargetActionSink[Any].from_async_fn(self._apply)
        self._provider: coco.TargetStateProvider[V, Any] | None = None

    @classmethod
    async def create(cls) -> Self:
        """Create an empty map that belongs to the running component.

        Raises:
            NoComponentError: (a RuntimeError) no component is running here.
        """
        made = cls()
        where = str(coco.get_component_context().__coco_memo_key__())
        for number in itertools.count():
            container = _MAPS.target_state((where, number), made)
            try:
                made._provider = await coco.mount_target(container)
            except PathExistsError:  # the component has made such a map already
                continue
            break
        return made

    def declare_entry(self, key: K, value: V) -> None:
        """Declare that the map holds `value` under `key`, for as long as the running component declares it.

        Raises:
            NoComponentError: (a RuntimeError) no component is running here.
            InvalidStableKeyError: (a TypeError) `key` is not a stable key.
        """
        assert self._provider is not None
        coco.declare_target_state(self._provider.target_state(key, value))

    async def __aiter__(self) -> AsyncIterator[tuple[K, V]]:
        """Yield the current entries."""
        for key, value in list(self._entries.items()):
            yield key, value

    async def watch(self, subscriber: coco.LiveMapSubscriber[K, V]) -> None:
        """Report the entries and all changes to `subscriber`; called by `coco.mount_each()`.

        Raises:
            AlreadyWatchedError: (a RuntimeError) the map is already being watched.
        """
        with self._watched:
            self._changed.clear()
            if not subscriber.live:
                await subscriber.update_all()
                await subscriber.mark_ready()
            self._changed.update(dict.fromkeys(self._entries))
            await self._tell_changes(subscriber)
            await subscriber.mark_ready()
            await self._follow(subscriber)

    async def _follow(self, subscriber: coco.LiveMapSubscriber[K, V]) -> None:
        """Report changes; once all producers have caught up, remove entries that none of them has declared."""
        caught_up = asyncio.ensure_future(subscriber.caught_up())
        caught_up.add_done_callback(lambda _: self._wake.set())
        swept = False
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._tell_changes(subscriber)
                if caught_up.done() and not swept:
                    swept = True
                    await subscriber.remove_others()
        finally:
            caught_up.cancel()

    async def _tell_changes(self, subscriber: coco.LiveMapSubscriber[K, V]) -> None:
        while self._changed:
            key = next(iter(self._changed))
            del self._changed[key]
            value: Any = self._entries.get(key, _ABSENT)
            if value is _ABSENT:
                await subscriber.delete(key)
            else:
                await subscriber.update(key, value)

    async def _apply(self, _context: coco.ContextProvider, actions: Sequence[tuple[K, V | object, int]]) -> None:
        """Apply declared entries; `watch` reports the changes, because a sink must not wait for mounts."""
        for key, value, number in actions:
            if value is _ABSENT:
                changed = self._entries.pop(key, _ABSENT) is not _ABSENT
                self._numbers.pop(key, None)
            else:
                changed = not _equal(self._entries.get(key, _ABSENT), value)
                self._entries[key] = value  # type: ignore[assignment]
                self._numbers[key] = number
            if changed:
                self._changed[key] = None
        self._wake.set()

    def _number_of(self, key: K, value: V) -> int:
        """Return the number for a value: that of the current entry if it is equal, else a new one."""
        if key in self._numbers and _equal(self._entries.get(key, _ABSENT), value):
            return self._numbers[key]
        return next(self._number)

    def __coco_memo_key__(self) -> object:
        assert self._provider is not None
        return self._provider.__coco_memo_key__()


def _equal(old: Any, new: Any) -> bool:
    """Say whether two values are equal; False if `==` gives no bool, as for arrays."""
    try:
        return bool(old == new)
    except Exception:
        return False


class _Entries(coco.TargetHandler[Any, int]):
    """Returns an action for each declared entry, without comparing records: only the map knows its current entries."""

    def __init__(self, held: LiveMap[Any, Any]) -> None:
        self._held = held

    def reconcile(
        self,
        key: coco.StableKey,
        desired: Any | coco.NonExistenceType,
        prev_possible_records: Collection[int],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[tuple[coco.StableKey, Any, int], int] | None:
        held = self._held
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, _ABSENT, 0), held._sink, coco.NON_EXISTENCE)
        number = held._number_of(key, desired)
        return coco.TargetReconcileOutput((key, desired, number), held._sink, number)


async def _nothing(_context: coco.ContextProvider, _actions: Sequence[Any]) -> None:
    """Do nothing: a map needs no action to exist."""


def _entries_of(_context: coco.ContextProvider, action: Any) -> Any:
    return _Entries(action)


class _Maps(coco.TargetHandler["LiveMap[Any, Any]", str, _Entries]):
    """Invalidates all records of a map's entries whenever the map is created, because it starts empty."""

    _sink = coco.TargetActionSink[Any].from_async_fn(_nothing, child_handler=_entries_of)

    def reconcile(
        self,
        key: coco.StableKey,
        desired: LiveMap[Any, Any] | coco.NonExistenceType,
        prev_possible_records: Collection[str],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Any, str, _Entries] | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(None, self._sink, coco.NON_EXISTENCE)
        return coco.TargetReconcileOutput(
            desired, self._sink, uuid.uuid4().hex, "destructive" if prev_possible_records else None
        )


_MAPS = coco.register_root_target_states_provider("cocoindex.resources/live_map", _Maps())
