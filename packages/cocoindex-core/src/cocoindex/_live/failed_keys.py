"""The failed calls of a live map, stored beside its cursors: the next update repeats them. Layer: _live.

So a cursor advances even if a key fails for a long time or for ever. A failed call that cannot be stored holds the
cursor.
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

ROW = b"\xff"  # no encoded text begins with this byte


class FailedCall(msgspec.Struct, array_like=True, frozen=True):
    """The stored form of a call.

    Args:
        key: the encoded path of the child; for a removal, as it is in store keys.
        value: the new value of the key; None for a removal.
    """

    key: bytes
    value: bytes | None


class StoredCalls(Protocol):
    """Stores the calls of a range, if possible."""

    def stored(self, work: Any) -> FailedCall:
        """Return the stored form of a call's work.

        Raises:
            SerializationError: it cannot be stored.
        """
        ...

    def make_again(self, call: FailedCall) -> tuple[bytes, int]:
        """Repeat a stored call in this update; return its key in the range, and its number.

        Raises:
            DeserializationError: its value cannot be read.
        """
        ...


class _Known(NamedTuple):
    """A key that is stored or about to be: the number of the call, and the key of the row."""

    number: int
    row: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FailedCall).decode

Encode = Callable[[Any], FailedCall]
"""Makes what is stored of the work of a call; raises where it cannot be."""


class FailedKeys:
    """The failed calls of one live range: its `Keeper`.

    Args:
        where: the name of the range in the log.
        rows: the prefix of the store keys of the range.
        encode: returns the stored form of a key's work; see `Encode`.
        write_soon: requests a call of `write` in a transaction, and of `written` after it.
        kept: called when a key is stored.
        most: the maximum number of stored keys.
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
        """Return the calls of earlier updates by their rows.

        Raises:
            DeserializationError: one of them cannot be read.
        """
        for row, data in store.scan(self._rows, limit=self._most):
            try:
                yield row, _decode(data)
            except msgspec.MsgspecError as error:
                raise DeserializationError(f"a failed call of {self._where} cannot be read: {error}") from None

    def made_again(self, key: bytes, number: int, row: bytes) -> None:
        """Note that a stored call is repeated."""
        self._known[key] = _Known(number, row)

    # As a `Keeper`

    def failed(self, key: bytes, work: Any, number: int) -> bool:
        """Store a failed call, unless there are too many or its value cannot be stored."""
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
        """Note that a key was applied."""
        if self._known:
            self._forget(key)

    def decided(self, number: int, part: bytes, but: Container[bytes]) -> None:
        """Note that a scan has decided all keys with the prefix `part` of older calls, except these."""
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
        """Return whether a key is or was stored, or is about to be."""
        return bool(self._known or self._unwritten)

    def fresh(self, done: Set[bytes]) -> list[bytes]:
        """Return the keys stored once the next `write` is durable, except those that become durable with it."""
        return [key for key in {**self._written, **self._fresh}.values() if key not in done]

    def write(self, batch: Batch, done: Set[bytes]) -> None:
        """Write the changes, and delete the rows of `done` keys, which become durable with the same transaction."""
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
        """Note that the last `write` is durable."""
        written, self._written = self._written, {}
        for key in written.values():
            self._kept(key)

    def _let_go(self, row: bytes) -> None:
        self._fresh.pop(row, None)
        self._written.pop(row, None)
