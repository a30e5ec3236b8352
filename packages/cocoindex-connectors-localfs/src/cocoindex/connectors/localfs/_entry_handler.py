"""Compares declared files and directories with their stored records; does not access the disk.

Connector layer.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import cocoindex as coco
from cocoindex.connectorkits.target import Applied, Contents, SettledRecords
from cocoindex.errors import ContextKeyError

from ._entry import Directory, DirSpec, EntryAction, EntrySpec, FileSpec, Found
from ._listed import listed_path
from ._names import from_disk, to_disk
from ._place import directory_of
from ._record import EntryRecord, Known, first, known, written

_Output: TypeAlias = "coco.TargetReconcileOutput[EntryAction, EntryRecord, EntryHandler]"


class EntryHandler:
    """Handles the entries of one directory target, or with `within=None`, the entries outside all directory targets."""

    __slots__ = ("_within",)

    removes_children_first = True

    def __init__(self, within: Directory | None = None) -> None:
        self._within = within

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: EntrySpec | coco.NonExistenceType,
        prev_possible_records: Collection[EntryRecord],
        prev_may_be_missing: bool,
        /,
    ) -> _Output | None:
        if coco.is_non_existence(desired_target_state):
            if not prev_possible_records:
                return None
            action = self._action(key, None, known(prev_possible_records, certain=not prev_may_be_missing))
            return coco.TargetReconcileOutput(action, _sink, coco.NON_EXISTENCE)
        settled = isinstance(prev_possible_records, SettledRecords)
        may_be = known(prev_possible_records, certain=settled or not prev_may_be_missing)
        if isinstance(desired_target_state, DirSpec):
            # In every update: its children need it, and somebody may have removed or replaced it.
            return self._directory(key, desired_target_state, may_be)
        record = written(desired_target_state.content)
        if not prev_may_be_missing and all(each[-len(record) :] == record for each in prev_possible_records):
            return None
        action = self._action(key, desired_target_state, may_be)
        return coco.TargetReconcileOutput(action, _sink, action.record(), "destructive" if may_be.directories else None)

    def with_contents(self, action: EntryAction, contents: Contents, /) -> EntryAction:
        """Return the action on a directory with what earlier updates applied to it."""
        return action._replace(contents=contents)

    def physical_identity(
        self, key: coco.StableKey, context: coco.ContextProvider | None = None, /
    ) -> coco.StableKey | None:
        """Return the identity of an entry: its real path; None if its base directory is unknown."""
        base, name = _split(key)
        name = to_disk(name)
        if base is not None:
            if context is None:
                return None
            try:
                name = os.path.join(os.fspath(context.get(base)), name)
            except ContextKeyError:
                return None
        elif self._within is not None:
            if self._within.path is None:
                return None
            name = os.path.join(self._within.path, name)
        path = os.path.realpath(name)
        return ("cocoindex/localfs", os.fsencode(listed_path(path) if os.path.isdir(path) else path))

    def physical_places(
        self, key: coco.StableKey, context: coco.ContextProvider | None = None, /
    ) -> Iterator[tuple[coco.StableKey, coco.StableKey]]:
        """Yield the identity of each directory above an entry, with the key that the entry would have in it."""
        identity = self.physical_identity(key, context)
        if not isinstance(identity, tuple):
            return
        path = identity[1]
        assert isinstance(path, bytes)
        above, name = os.path.split(path)
        inner = name
        while name:
            yield ("cocoindex/localfs", above), from_disk(os.fsdecode(inner))
            above, name = os.path.split(above)
            inner = name + b"/" + inner

    @property
    def within(self) -> Directory | None:
        """The directory target; None for the entries outside all directory targets."""
        return self._within

    def _action(self, key: coco.StableKey, spec: FileSpec | DirSpec | None, may_be: Known) -> EntryAction:
        base, name = _split(key)
        return EntryAction(base, self._within, name, spec, may_be, None if spec is None else Found())

    def _directory(self, key: coco.StableKey, spec: DirSpec, may_be: Known) -> _Output:
        before = may_be.directories
        invalidation: Literal["destructive", "lossy"] | None = None
        if may_be.ours and not before:
            invalidation = "destructive"  # a file was here, so records of children are obsolete
        elif before and (may_be.ours or (not may_be.certain and not all(each.mark for each in before))):
            invalidation = "lossy"
        record = before[0] if len(before) == 1 else first(before, spec.since, spec.there)
        return coco.TargetReconcileOutput(self._action(key, spec, may_be), _sink, record.encode(), invalidation)


def _split(key: coco.StableKey) -> tuple[str | None, str]:
    base, name = key if isinstance(key, tuple) else (None, key)
    assert isinstance(name, str) and (base is None or isinstance(base, str))
    return base, name


def _inside(context: coco.ContextProvider, action: EntryAction) -> EntryHandler:
    return EntryHandler(directory_of(context, action))


def _apply(context: coco.ContextProvider, actions: Sequence[EntryAction]) -> dict[int, Applied[EntryRecord]]:
    from ._apply import apply_entries  # apps that only read files need none of it

    return apply_entries(context, actions)


_sink: Final = coco.TargetActionSink.from_fn(_apply, child_handler=_inside, reports=True)

entries: Final = coco.register_root_target_states_provider("cocoindex/localfs", EntryHandler())
