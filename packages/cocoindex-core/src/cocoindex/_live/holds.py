"""How far the cursors of a live range may advance after failed calls or listings. Layer: _live.

A failed call is stored, so that cursors pass it; or it holds them until a later call of its key is applied. A failed
listing holds them until a listing succeeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .mailbox import Mailbox
from .watermark import Watermark

if TYPE_CHECKING:
    from .mailbox import Job
    from .needs import Keeper

_PARTS = 64
"""Of more parts that could not be listed, all counts as not listed."""

_MANY = b""
"""Stands for the keys that have failed when too many have: the first of them counts for all."""


class _Held(NamedTuple):
    """A hold on cursors by a failed key.

    Attributes:
        number: the number of its first call that is not durable; it stays open.
        newest: the number of the last failed call.
    """

    number: int
    newest: int


class Holds:
    """Keeps numbers of a range open after their calls have ended.

    Args:
        durable: the watermark in which they are open.
        boxes: the mailboxes of keys with open calls.
        limit: how many keys hold cursors individually.

    Attributes:
        keeper: stores calls that have failed.
    """

    def __init__(self, durable: Watermark, boxes: Mapping[bytes, Mailbox], limit: int) -> None:
        self.keeper: Keeper | None = None
        self._durable = durable
        self._boxes = boxes
        self._limit = limit
        self._storing: dict[bytes, _Held] = {}
        self._held: dict[bytes, _Held] = {}
        self._unlisted: dict[bytes, int] = {}

    def closing(self, keys: Iterable[bytes]) -> list[int]:
        """Return the numbers that `durable` closes when the running jobs of these keys are durable."""
        numbers: list[int] = []
        for key in keys:
            if (box := self._boxes.get(key)) is None:
                continue
            if box.running is not None and box.running.oldest is not None:
                numbers.append(box.running.oldest)
            failed = (self._storing.get(key), self._held.get(key))
            numbers += [held.number for held in failed if held is not None]
        return numbers

    def storing(self, keys: Iterable[bytes]) -> list[int]:
        """Return the numbers that `durable` closes when the failures of these keys are stored."""
        return [held.number for key in keys if (held := self._storing.get(key)) is not None]

    def kept(self, key: bytes) -> None:
        """Called when the keeper has stored the failed call of a key."""
        if (held := self._storing.pop(key, None)) is not None:
            self._durable.close(held.number)

    def keep(self, box: Mailbox, job: Job) -> None:
        """Store a failed call, so that cursors can pass it."""
        if job.oldest is None:  # it was stored at its previous failure
            return
        if self.keeper is not None and self.keeper.failed(box.key, job.work, job.number):
            self._wait_for(self._storing, box.key, job.oldest, job.number)
            job.oldest = None

    def hold(self, key: bytes, oldest: int, newest: int) -> None:
        """Hold cursors at a failed call that is not retried, until a later call of the key is applied."""
        if key not in self._held and len(self._held) >= self._limit:
            key = _MANY
        self._wait_for(self._held, key, oldest, newest)

    def _wait_for(self, waiting: dict[bytes, _Held], key: bytes, oldest: int, newest: int) -> None:
        """Keep a number open for a key, unless an older one is."""
        held = waiting.get(key)
        if held is None:
            waiting[key] = _Held(oldest, newest)
        else:
            waiting[key] = _Held(min(held.number, oldest), max(held.newest, newest))
            self._durable.close(max(held.number, oldest))

    def decided(self, key: bytes) -> None:
        """Drop the hold of a key: its earlier failure no longer counts."""
        for waiting in (self._storing, self._held):
            if waiting and (held := waiting.pop(key, None)) is not None:
                self._durable.close(held.number)
        if self.keeper is not None:
            self.keeper.applied(key)

    def listed(self, number: int, part: bytes = b"") -> None:
        """Note that the listing with this number has decided all keys with the prefix `part`, except open ones."""
        self._all_decided(number, part)
        for missed in [missed for missed in self._unlisted if missed.startswith(part)]:
            self._durable.close(self._unlisted.pop(missed))
        self._durable.close(number)

    def missed(self, number: int, part: bytes = b"") -> None:
        """Note that the listing with this number, for all keys with the prefix `part`, has failed: another must
        follow."""
        if part not in self._unlisted and len(self._unlisted) >= _PARTS:
            part = b""
        first = self._unlisted.setdefault(part, number)
        if first != number:
            self._unlisted[part] = min(first, number)
            self._durable.close(max(first, number))

    def _all_decided(self, number: int, part: bytes) -> None:
        """Drop the holds of all keys with the prefix `part` below this number that have nothing open."""
        for waiting in (self._storing, self._held):
            for key, held in list(waiting.items()):
                is_open = bool(self._boxes) if key is _MANY else key in self._boxes
                if held.newest < number and key.startswith(part) and not is_open:
                    del waiting[key]
                    self._durable.close(held.number)
        if self.keeper is not None:
            self.keeper.decided(number, part, self._boxes)
