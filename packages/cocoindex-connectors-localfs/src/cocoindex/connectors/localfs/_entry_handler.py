"""Compares files and directories that should exist with what is remembered of them; touches no disk.

Connector layer.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeAlias

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_bytes

from ._apply import apply_entries
from ._entry import DIRECTORY, DirSpec, EntryAction, EntryRecord, EntrySpec, FileSpec
from ._place import Places

_Output: TypeAlias = "coco.TargetReconcileOutput[EntryAction, EntryRecord, EntryHandler]"


class EntryHandler:
    """Handles the entries of one directory target, or, without a directory, those that lie in none."""

    __slots__ = ("_directory",)

    def __init__(self, directory: str = "") -> None:
        self._directory = directory

    def reconcile(
        self,
        key: coco.StableKey,
        desired_target_state: EntrySpec | coco.NonExistenceType,
        prev_possible_records: Collection[EntryRecord],
        prev_may_be_missing: bool,
        /,
    ) -> _Output | None:
        spec = None if coco.is_non_existence(desired_target_state) else desired_target_state
        was_directory = DIRECTORY in prev_possible_records
        was_file = any(record != DIRECTORY for record in prev_possible_records)
        base, name = key if isinstance(key, tuple) else (None, key)
        assert isinstance(name, str) and (base is None or isinstance(base, str))
        action = EntryAction(base, self._directory, name, spec, was_file, was_directory)
        if spec is None:
            return coco.TargetReconcileOutput(action, _sink, coco.NON_EXISTENCE) if prev_possible_records else None
        if isinstance(spec, DirSpec):
            # Every time: its children need it, and somebody may have removed it.
            if was_file and not was_directory:
                return coco.TargetReconcileOutput(action, _sink, DIRECTORY, "destructive")
            lost = was_directory and (prev_may_be_missing or was_file)
            return coco.TargetReconcileOutput(action, _sink, DIRECTORY, "lossy" if lost else None)
        record = _record(spec)
        if not prev_may_be_missing and all(known == record for known in prev_possible_records):
            return None
        return coco.TargetReconcileOutput(action, _sink, record, "destructive" if was_directory else None)


def _record(spec: FileSpec) -> EntryRecord:
    return bytes(fingerprint_bytes(spec.content))


def _inside(context: coco.ContextProvider, action: EntryAction) -> EntryHandler:
    return EntryHandler(Places(context).directory_of(action))


_sink: Final = coco.TargetActionSink.from_fn(apply_entries, child_handler=_inside)

entries: Final = coco.register_root_target_states_provider("cocoindex/localfs", EntryHandler())
