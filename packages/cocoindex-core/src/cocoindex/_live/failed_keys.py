"""The calls of a live map that have failed, stored beside its cursors: the next update makes them again. Layer: _live.

So a cursor goes on though a key fails for long, or for ever. What cannot be stored holds it instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterator, Set
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

from .._runtime.interruption import is_interruption
from .._runtime.log import log
from .._values import hash16
from ..errors import DeserializationError, SerializationError
from .mailbox import REMOVE
from .mailboxes import LIVE_OPEN

if TYPE_CHECKING:
    from .._engine.batch import Batch
    from .._store.interface import AppStore

LARGEST = 1 << 20
"""Of more bytes a value is not stored."""

ROW = b"\xff"  # no encoded text begins so


class FailedCall(msgspec.Struct, array_like=True, frozen=True):
    """What is stored of a call.

    Args:
        key: the encoded path of the child; of a removal as it is in store keys.
        value: what the key was to become; None for a removal.
    """

    key: bytes
    value: bytes | None


class StoredCalls(Protocol):
    """How the calls of a range are stored, where they can be."""

    def stored(self, work: Any) -> FailedCall:
        """What is stored of a call's work.

        Raises:
            SerializationError: it cannot be.
        """
        ...

    def make_again(self, call: FailedCall) -> tuple[bytes, int]:
        """Make a stored call, in this update; gives its key, as the range knows it, and its number.

        Raises:
            DeserializationError: its value cannot be read.
        """
        ...


class _Known(NamedTuple):
    """What is stored of a key, or about to be: the number of the call, and where the row is."""

    number: int
    row: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FailedCall).decode

Encode = Callable[[Any], FailedCall]
"""Makes what is stored of the work of a call; raises where it cannot be."""


class FailedKeys:
    """The failed calls of one live range: its `Keeper`.

    Args:
        where: what the log calls the range.
        rows: how the keys begin of what the range stores.
        encode: what is stored of a key's work; see `Encode`.
        write_soon: has `write` be called in a transaction, and `written` after it.
        kept: is told that a key is stored.
        most: how many keys are stored.
    """

    def __init__(
        self,
        where: str,
        rows: bytes,
        encode: Encode,
        *,
        write_soon: Callable[[], None],
        kept: Callable[[bytes], None],
        most: int = LIVE_OPEN,
    ) -> None:
        self._where = where
        self._rows = rows + ROW
        self._encode = encode
        self._write_soon = write_soon
        self._kept = kept
        self._most = most
        self._known: dict[bytes, _Known] = {}
        self._unwritten: dict[bytes, bytes | None] = {}
        self._fresh: dict[bytes, bytes] = {}
        self._written: dict[bytes, bytes] = {}
        self._said = False

    def stored(self, store: AppStore) -> Iterator[tuple[bytes, FailedCall]]:
        """Those of earlier updates, by their rows.

        Raises:
            DeserializationError: one of them cannot be read.
        """
        for row, data in store.scan(self._rows, limit=self._most):
            try:
                yield row, _decode(data)
            except msgspec.MsgspecError as error:
                raise DeserializationError(f"a failed call of {self._where} cannot be read: {error}") from None

    def made_again(self, key: bytes, number: int, row: bytes) -> None:
        """One of them is called again."""
        self._known[key] = _Known(number, row)

    # As a `Keeper`

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        """Have a call stored, unless there are too many, or its value cannot be."""
        if work is None:
            return False
        if key not in self._known and len(self._known) >= self._most:
            return self._refuse(f"more than {self._most} keys have failed, and no more are stored")
        try:
            data = _encode(FailedCall(key, None) if work is REMOVE else self._encode(work))
        except SerializationError as error:
            return self._refuse(str(error))
        except BaseException as error:  # whatever code of the user raises
            if is_interruption(error):
                raise
            return self._refuse(f"its value cannot be stored ({type(error).__qualname__})")
        if len(data) > LARGEST:
            return self._refuse(f"its value has {len(data)} bytes, and no more than {LARGEST} are stored")
        row = self._rows + hash16(key)
        self._known[key] = _Known(number, row)
        self._unwritten[row] = data
        self._fresh[row] = key
        self._write_soon()
        return True

    def applied(self, key: bytes) -> None:
        """A key has been applied."""
        if self._known:
            self._forget(key)

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None:
        """A scan has decided all keys of older calls that begin with `part`, but for these."""
        for key, known in list(self._known.items()):
            if known.number < number and key.startswith(part) and key not in but:
                self._forget(key)

    def _forget(self, key: bytes) -> None:
        known = self._known.pop(key, None)
        if known is not None:
            self._unwritten[known.row] = None
            self._let_go(known.row)
            self._write_soon()

    def _refuse(self, why: str) -> bool:
        if not self._said:
            self._said = True
            log(
                logging.WARNING,
                f"a call to {self._where} failed and cannot be stored for the next update: {why}; so the stored "
                "position stays before it until the key succeeds, and a restart continues from there",
            )
        return False

    # In transactions

    @property
    def are_there(self) -> bool:
        """Whether a key is stored, or one is about to be, or was."""
        return bool(self._known or self._unwritten)

    def fresh(self, done: Set[bytes]) -> list[bytes]:
        """The keys that are stored once the next `write` is durable, but for those that are durable with it."""
        return [key for key in {**self._written, **self._fresh}.values() if key not in done]

    def write(self, batch: Batch, done: Set[bytes]) -> None:
        """Write what has changed; of `done` keys, which are durable with the same transaction, nothing stays."""
        for row, data in self._unwritten.items():
            if data is None:
                batch.delete(row)
            else:
                batch.put(row, data)
        self._unwritten.clear()
        self._written |= self._fresh
        self._fresh.clear()
        for key in done if self._known else ():
            if (known := self._known.pop(key, None)) is not None:
                batch.delete(known.row)
                self._let_go(known.row)

    def written(self) -> None:
        """What `write` wrote last is durable."""
        written, self._written = self._written, {}
        for key in written.values():
            self._kept(key)

    def _let_go(self, row: bytes) -> None:
        self._fresh.pop(row, None)
        self._written.pop(row, None)
