"""The memoized calls and states of one component: look up, use, keep, and delete those that a run did not use.

Layer: _engine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from .._function.stored_call import StoredCall, decode_call, encode_call
from .._values import hash16
from ..errors import StateKeyError
from .keyspace import CALL
from .record import CALLS

if TYPE_CHECKING:
    from .batch import Batch
    from .execution import Execution

logger = logging.getLogger("cocoindex")

_CHUNK = 256
_LOADED_BYTES = 1 << 20


class Calls:
    """The memoized calls of one run of a component, and the states it uses."""

    __slots__ = (
        "_abandoned",
        "_ahead",
        "_execution",
        "_had",
        "_has_old",
        "_loaded",
        "_loaded_all",
        "_nesting",
        "_new",
        "_record",
        "_run",
        "_states",
        "_used",
    )

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._run = execution.component.run
        self._record = execution.component.record
        self._had = self._record.has_calls
        # Whether there may be valid calls of earlier runs.
        self._has_old = self._had and not self._run.is_due(self._record.data)
        self._new: dict[bytes, StoredCall] = {}
        self._ahead: set[bytes] = set()
        self._abandoned: dict[bytes, list[list[bytes]]] = {}
        self._used: set[bytes] = set()
        # The used calls that have nested calls.
        self._nesting: dict[bytes, StoredCall] = {}
        self._states: dict[bytes, Callable[[], bytes] | bytes] = {}
        self._loaded: dict[bytes, bytes] | None = None
        self._loaded_all = False

    def find(self, key: bytes) -> StoredCall | None:
        """Return the stored call with this memo key if its declarations can be carried over."""
        stored = self._new.get(key)
        if stored is not None:
            return stored
        if not self._has_old:
            return None
        loaded = self._loaded if self._loaded is not None else self._load()
        data = loaded.get(key)
        if data is None and not self._loaded_all:
            data = self._run.store.get(CALL + self._record.id + key)
        if data is None:
            return None
        try:
            stored = decode_call(data)
        except msgspec.MsgspecError as exc:
            logger.warning("a memoized call in %s cannot be read and runs again: %s", self._execution, exc)
            return None
        return stored if self._execution.can_carry(stored.targets) else None

    def abandon(self, key: bytes, states: list[bytes]) -> None:
        """Record what a call declares that has failed or was cancelled; its thread may go on, and declare more."""
        self._abandoned.setdefault(key, []).append(states)

    def abandoned(self, key: bytes, state_id: bytes) -> bool:
        """Return whether such a call with this memo key has declared a target state."""
        return any(state_id in states for states in self._abandoned.get(key, ()))

    def _load(self) -> dict[bytes, bytes]:
        """Read many stored calls at once, up to a limit: single look-ups cost several times as much."""
        prefix = CALL + self._record.id
        loaded: dict[bytes, bytes] = {}
        self._loaded = loaded
        size, after = 0, None
        while size < _LOADED_BYTES:
            rows = self._run.store.scan(prefix, after=after, limit=_CHUNK)
            loaded.update((key[len(prefix) :], data) for key, data in rows)
            if len(rows) < _CHUNK:
                self._loaded_all = True
                break
            size += sum(len(data) for _, data in rows)
            after = rows[-1][0]
        return loaded

    def keep(self, key: bytes, stored: StoredCall) -> None:
        """Write `stored` when the component is committed."""
        self._new[key] = stored
        self._used.add(key)
        if stored.calls:
            self._nesting[key] = stored

    def use(self, key: bytes, stored: StoredCall) -> None:
        """Keep a call and its nested calls, which are not made again after a hit."""
        self._used.add(key)
        if stored.calls:
            self._nesting[key] = stored

    def stored_state(self, key: bytes) -> bytes | None:
        """Return the value that an earlier run stored for the state with this encoded key. Called once a key and
        run."""
        row = _state_row(key)
        if row in self._states:
            raise StateKeyError(
                f"coco.use_state() was called twice for one key in one run of component {self._execution}; "
                "call it once, and hand on the handle"
            )
        if not self._has_old:
            return None
        return self._run.store.get(CALL + self._record.id + row)

    def keep_state(self, key: bytes, encode: Callable[[], bytes]) -> None:
        """Write a state when the component is committed."""
        self._states[_state_row(key)] = encode
        self._used.add(_state_row(key))

    def close_states(self) -> None:
        """Encode the states at the end of the run."""
        for row, encode in self._states.items():
            self._states[row] = encode() if callable(encode) else encode

    @property
    def weight(self) -> int:
        """Return the size in bytes of what this run has made; call it after `close_states`."""
        results = sum([len(stored.result) for stored in self._new.values()])
        return results + sum([len(data) for data in self._states.values() if isinstance(data, bytes)])

    def write_ahead(self, batch: Batch, flags: int) -> int:
        """Write the calls that declare nothing, and return the record's flags.

        Their results are valid whatever becomes of the actions, and may have cost much: the next update need not make
        them again if a target is out of reach, or the process is killed.
        """
        prefix = CALL + self._record.id
        for key, stored in self._new.items():
            if not (stored.targets or stored.calls) and key not in self._ahead:
                batch.put(prefix + key, encode_call(stored))
                self._ahead.add(key)
        return flags | CALLS if self._ahead else flags

    def write(self, batch: Batch, flags: int) -> int:
        """Write new entries, delete those that this run did not use, and return the record's flags."""
        prefix = CALL + self._record.id
        for key, stored in self._new.items():
            if key not in self._ahead:
                batch.put(prefix + key, encode_call(stored))
        for row, data in self._states.items():
            assert isinstance(data, bytes)
            batch.put(prefix + row, data)
        if self._had:
            kept = self._used | self._inside(batch, prefix)
            for row in batch.stored_keys(prefix):
                if row[len(prefix) :] not in kept:
                    batch.delete(row)
        return flags | CALLS if self._used else flags & ~CALLS

    def _inside(self, batch: Batch, prefix: bytes) -> set[bytes]:
        """Return the keys of all calls nested in the used ones, at any depth."""
        found: set[bytes] = set()
        waiting = list(self._nesting.values())
        while waiting:
            fresh = set(waiting.pop().calls) - found
            found |= fresh
            for key in fresh - self._nesting.keys():
                data = batch.get(prefix + key)
                if data is not None and (nested := _nested_in(data)) is not None:
                    waiting.append(nested)
        return found


def _nested_in(data: bytes) -> StoredCall | None:
    """Return a stored call if it has nested calls; None otherwise, and if it cannot be read."""
    try:
        stored = decode_call(data)
    except msgspec.MsgspecError:
        return None
    return stored if stored.calls else None


def _state_row(key: bytes) -> bytes:
    """Return the end of a state's row key, which is longer than any memo key (both share one prefix)."""
    return hash16(key) + b"s"
