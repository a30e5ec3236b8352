"""Up to where the cursors of a live range go, as calls have failed, or listings. Layer: _live.

A call that has failed is stored, so that cursors pass it, or it holds them until something later of its key is applied.
A listing that has failed holds them until one has not.
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
    """Up to where cursors go, as a key has failed.

    Attributes:
        number: of its first call that is not durable; it stays open.
        newest: of the last one that has failed.
    """

    number: int
    newest: int


class Holds:
    """What keeps numbers of one range open after what they stand for has ended.

    Args:
        durable: where they are open.
        boxes: of the keys that something is open of.
        limit: how many keys hold cursors each for itself.

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
        """Which numbers `durable` closes when what runs of these keys is durable."""
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
        """Which numbers `durable` closes when it is stored that these keys have failed."""
        return [held.number for key in keys if (held := self._storing.get(key)) is not None]

    def kept(self, key: bytes) -> None:
        """The keeper has stored what a key has failed with."""
        if (held := self._storing.pop(key, None)) is not None:
            self._durable.close(held.number)

    def keep(self, box: Mailbox, job: Job) -> None:
        """Have a failed call stored, so that cursors may pass it."""
        if job.oldest is None:  # it was stored when it failed before
            return
        if self.keeper is not None and self.keeper.failed(box.key, job.work, job.number):
            self._wait_for(self._storing, box.key, job.oldest, job.number)
            job.oldest = None

    def hold(self, key: bytes, oldest: int, newest: int) -> None:
        """Let no cursor pass what has failed and is not tried again, until something later of the key is applied."""
        if key not in self._held and len(self._held) >= self._limit:
            key = _MANY
        self._wait_for(self._held, key, oldest, newest)

    def _wait_for(self, waiting: dict[bytes, _Held], key: bytes, oldest: int, newest: int) -> None:
        """Have a number stay open for a key, or the older one that does."""
        held = waiting.get(key)
        if held is None:
            waiting[key] = _Held(oldest, newest)
        else:
            waiting[key] = _Held(min(held.number, oldest), max(held.newest, newest))
            self._durable.close(max(held.number, oldest))

    def decided(self, key: bytes) -> None:
        """What a key has failed with before does not count any more."""
        for waiting in (self._storing, self._held):
            if waiting and (held := waiting.pop(key, None)) is not None:
                self._durable.close(held.number)
        if self.keeper is not None:
            self.keeper.applied(key)

    def listed(self, number: int, part: bytes = b"") -> None:
        """All keys that begin with `part` were decided by what has this number, but for what is open."""
        self._all_decided(number, part)
        for missed in [missed for missed in self._unlisted if missed.startswith(part)]:
            self._durable.close(self._unlisted.pop(missed))
        self._durable.close(number)

    def missed(self, number: int, part: bytes = b"") -> None:
        """What has this number was to decide all keys that begin with `part`, and has failed: another has to come."""
        if part not in self._unlisted and len(self._unlisted) >= _PARTS:
            part = b""
        first = self._unlisted.setdefault(part, number)
        if first != number:
            self._unlisted[part] = min(first, number)
            self._durable.close(max(first, number))

    def _all_decided(self, number: int, part: bytes) -> None:
        """Nor does what any key that begins with `part` has failed with before this number, where nothing is open."""
        for waiting in (self._storing, self._held):
            for key, held in list(waiting.items()):
                is_open = bool(self._boxes) if key is _MANY else key in self._boxes
                if held.newest < number and key.startswith(part) and not is_open:
                    del waiting[key]
                    self._durable.close(held.number)
        if self.keeper is not None:
            self.keeper.decided(number, part, self._boxes)
