"""Targets in memory that record each action and can be set to fail, for tests of updates."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, MutableMapping, Sequence
from typing import Any, NamedTuple

from cocoindex._shown import shown

from .._keys import StableKey
from .._runtime.context import ContextProvider
from .._target.declare import declare_target_state
from .._target.handler import TargetReconcileOutput
from .._target.registry import register_root_target_states_provider
from .._target.sink import TargetActionSink
from .._target.state import TargetState, TargetStateProvider
from .._values import NON_EXISTENCE, NonExistenceType, is_non_existence
from ..errors import ConnectorKitError

_numbers = itertools.count()


class RecordedAction(NamedTuple):
    """One action that a sink received: `verb` is `upsert` or `delete` (for a container also `touch`)."""

    verb: str
    key: StableKey
    value: Any = None


class _Rows:
    """The handler of the rows of one table, which compares them by value, and their sink."""

    def __init__(self, data: dict[Any, Any], log: Callable[[list[RecordedAction]], None]) -> None:
        self.data = data
        self._log = log
        self._sink = TargetActionSink.from_fn(self._apply)

    def reconcile(
        self,
        key: StableKey,
        desired: Any | NonExistenceType,
        prev_possible_records: Collection[Any],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[RecordedAction, Any] | None:
        if is_non_existence(desired):
            if not prev_possible_records and not prev_may_be_missing:
                return None
            return TargetReconcileOutput(RecordedAction("delete", key), self._sink, NON_EXISTENCE)
        if not prev_may_be_missing and all(prev == desired for prev in prev_possible_records):
            return None
        return TargetReconcileOutput(RecordedAction("upsert", key, desired), self._sink, desired)

    def _apply(self, context: ContextProvider, actions: Sequence[RecordedAction]) -> None:
        self._log(list(actions))
        for action in actions:
            if action.verb == "delete":
                self.data.pop(action.key, None)
            else:
                self.data[action.key] = action.value


class _Recorder:
    """Records batches of actions, and fails for chosen keys."""

    def __init__(self) -> None:
        self.batches: list[list[RecordedAction]] = []
        self.fail_keys: set[StableKey] = set()
        self.on_batch: Callable[[list[RecordedAction]], None] | None = None
        self._lock = threading.Lock()

    @property
    def actions(self) -> list[RecordedAction]:
        """All actions so far, in order, including those of failed batches."""
        return [action for batch in self.batches for action in batch]

    def take(self) -> list[RecordedAction]:
        """Return the actions so far, and clear the record."""
        actions = self.actions
        self.batches = []
        return actions

    def _record(self, actions: list[RecordedAction]) -> None:
        with self._lock:
            self.batches.append(actions)
        if self.on_batch is not None:
            self.on_batch(actions)
        bad = [action.key for action in actions if action.key in self.fail_keys]
        if bad:
            raise RuntimeError(f"the recording target was told to fail for {bad}")


class RecordingTarget(_Recorder):
    """A target without containers: keys and values in a dict.

    Args:
        name: the name of the root provider; by default a new one each time.
        data: the dict that holds the items; pass one to let it outlive the target object.
    """

    def __init__(self, name: str | None = None, data: dict[Any, Any] | None = None) -> None:
        super().__init__()
        if data is not None and not isinstance(data, MutableMapping):
            raise ConnectorKitError(f"data= of a RecordingTarget is a dict, not {shown(data)}")
        self.data: dict[Any, Any] = {} if data is None else data
        self.name = f"cocoindex.testing/rows/{next(_numbers)}" if name is None else name
        self.provider: TargetStateProvider[Any, Any] = register_root_target_states_provider(
            self.name, _Rows(self.data, self._record)
        )

    def state(self, key: StableKey, value: Any) -> TargetState[Any]:
        return self.provider.target_state(key, value)

    def declare(self, key: StableKey, value: Any) -> None:
        """Declare that the target holds `value` under `key`."""
        declare_target_state(self.state(key, value))


class RecordingContainers(_Recorder):
    """A target of tables with rows: `tables` holds a dict of rows for each table.

    The value of a table is its schema; a change of the schema has the effect `invalidation` on the rows.
    """

    def __init__(self, name: str | None = None, invalidation: Any = None) -> None:
        super().__init__()
        self.tables: dict[Any, dict[Any, Any]] = {}
        self.rows = _Recorder()
        self.invalidation = invalidation
        self._sink = TargetActionSink.from_fn(self._apply, child_handler=self._child_handler)
        self.provider: TargetStateProvider[Any, Any] = register_root_target_states_provider(
            f"cocoindex.testing/tables/{next(_numbers)}" if name is None else name, self
        )

    def table(self, key: StableKey, schema: Any = 1) -> TargetState[Any]:
        return self.provider.target_state(key, schema)

    def reconcile(
        self,
        key: StableKey,
        desired: Any | NonExistenceType,
        prev_possible_records: Collection[Any],
        prev_may_be_missing: bool,
        /,
    ) -> TargetReconcileOutput[RecordedAction, Any] | None:
        if is_non_existence(desired):
            return TargetReconcileOutput(RecordedAction("delete", key), self._sink, NON_EXISTENCE)
        same = not prev_may_be_missing and all(prev == desired for prev in prev_possible_records)
        changed = bool(prev_possible_records) and not same
        verb = "touch" if same else "upsert"
        return TargetReconcileOutput(
            RecordedAction(verb, key, desired), self._sink, desired, self.invalidation if changed else None
        )

    def _apply(self, context: ContextProvider, actions: Sequence[RecordedAction]) -> None:
        self._record([action for action in actions if action.verb != "touch"])
        for action in actions:
            if action.verb == "delete":
                self.tables.pop(action.key, None)
            elif action.verb == "upsert" and self.invalidation == "destructive":
                self.tables[action.key] = {}
            else:
                self.tables.setdefault(action.key, {})

    def _child_handler(self, context: ContextProvider, action: RecordedAction) -> _Rows:
        # In a preview, a new table does not exist.
        return _Rows(self.tables.get(action.key, {}), self.rows._record)
