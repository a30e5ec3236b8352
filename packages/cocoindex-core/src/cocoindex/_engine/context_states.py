"""Memo states of context values, collected once an update before anything is validated. Layer: _engine.

A dependency on such a value stores its generation, which rises when a state function reports a change.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec

from .._described import described, is_a
from .._function.memo_state import check_async, decode_states
from .._function.outcome import outcomes_of_awaiting
from .._values import hash16
from ..errors import ContextStateError, RecollectError, RecordError
from .keyspace import META

if TYPE_CHECKING:
    from .._function.memo_state import StateCheck
    from .._runtime.context import ContextProvider, StatefulValue
    from .facts import Facts

_UNKNOWN = b"?"
"""In place of a generation: of a value that was provided after the update began. Such a dependency never holds."""


class _Row(msgspec.Struct, array_like=True, frozen=True):
    """The stored entry of one key.

    Args:
        fingerprint: of the value that the states belong to.
        generation: incremented with every change.
        states: the last results of its state functions, serialized.
    """

    fingerprint: bytes
    generation: int
    states: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode


class ContextStates:
    """The identities of change-detected context values in one update of one app."""

    __slots__ = ("_facts", "_generations", "_provider")

    def __init__(self, facts: Facts, provider: ContextProvider) -> None:
        self._facts = facts
        self._provider = provider
        # By key: the fingerprint of the value whose states were collected, and its generation.
        self._generations: dict[str, tuple[bytes, bytes]] = {}

    async def ask(self, *, full: bool) -> None:
        """Call the state functions of all values that have them, concurrently.

        Args:
            full: ignore what is stored.

        Raises:
            ContextStateError: (a RuntimeError) a state function failed or returned an invalid result.
        """
        values = self._provider._stateful_values()
        rows = [self._row(value) for value in values]
        checks = [self._check(value, None if full else row) for value, row in zip(values, rows, strict=True)]
        outcomes = await outcomes_of_awaiting(checks)
        for value, row, outcome in zip(values, rows, outcomes, strict=True):
            if outcome.error is not None:
                raise _failed(value, outcome.error)
            self._keep(value, row, outcome.get(), full)

    def change_fingerprint(self, name: str) -> bytes | None:
        """Return the identity of a change-detected key's current value; None if no value is provided."""
        fingerprint = self._provider._change_fingerprint(name)
        if fingerprint is None or not self._provider._is_stateful(name):
            return fingerprint
        asked, generation = self._generations.get(name, (b"", _UNKNOWN))
        return fingerprint + (generation if asked == fingerprint else _UNKNOWN)

    async def _check(self, value: StatefulValue, row: _Row | None) -> StateCheck:
        stored = row.states if row is not None and row.fingerprint == value.fingerprint else None
        check = await check_async(value.refs, decode_states(value.refs, stored))
        if check.recollect:
            raise RecollectError(
                "it uses recollect_after_run, which only works for arguments of called memoized functions; the "
                "state of a context value is computed once, before the update"
            )
        return check

    def _keep(self, value: StatefulValue, row: _Row | None, check: StateCheck, full: bool) -> None:
        generation = 0 if row is None else row.generation
        if full or row is None or row.fingerprint != value.fingerprint or not check.valid:
            generation += 1
        new = _Row(value.fingerprint, generation, check.stored())
        if new != row:
            self._facts.put(_row_key(value.name), _encode(new))
        self._generations[value.name] = value.fingerprint, generation.to_bytes(8, "big")

    def _row(self, value: StatefulValue) -> _Row | None:
        data = self._facts.get(_row_key(value.name))
        try:
            return None if data is None else _decode(data)
        except msgspec.MsgspecError as exc:
            raise RecordError(f"the memo states of the context key {value.name!r} cannot be read ({exc})") from None


def _row_key(name: str) -> bytes:
    return META + b"context/" + hash16(name.encode("utf-8", "surrogatepass"))


def _failed(value: StatefulValue, error: BaseException) -> BaseException:
    if is_a(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread():
        return error  # Ctrl-C
    kinds = ", ".join(sorted({type(ref.obj).__qualname__ for ref in value.refs}))
    wrapped = ContextStateError(
        f"the update cannot begin: the memo state function of {kinds}, which was provided for the context key "
        f"{value.name!r}, raised {described(error)}"
    )
    wrapped.__cause__ = error
    return wrapped
