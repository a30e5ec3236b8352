"""One listing of the source of a live range: which keys it decides. Layer: _live."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from .._engine.stale import mark_of
from .mailbox import REMOVE, Call, Job

if TYPE_CHECKING:
    from .range import LiveRange


class Met(Enum):
    """Who decides a key that a scan has found."""

    PASS = "a later call"
    GO = "the scan, which runs it itself"
    BUSY = "the scan, which hands it over by `put`"


class Scan:
    """One listing of the source, from `begin_scan` to `finish` or `fail`.

    The lister calls for each key: `meet` right before it reads the stored record of the key; then, for GO, `began` and
    `ended` if it runs a body, and for BUSY, `put`. After all keys: `claim_removal` for each stored key that was not
    found, then `finish`.

    Attributes:
        number: its number among the calls of the range.
    """

    def __init__(self, range_: LiveRange, number: int, *, part: bytes, removes_only: bool) -> None:
        self.number = number
        self._part = part
        self._removes_only = removes_only
        self._range = range_
        self._unmet: set[bytes] = set()
        self._later: set[bytes] = set()
        self._jobs: dict[bytes, Job] = {}
        range_.told.open(number)
        range_.durable.open(number)

    def begin(self) -> None:
        """Begin; no other scan is running."""
        range_ = self._range
        range_.refuse_ended()
        assert range_.scan is None, "scans of one range do not overlap"
        range_.coming.remove(self)
        range_.scan = self
        self._unmet = {key for key in range_.boxes if key.startswith(self._part) and not self._is_later(key)}

    def meet(self, key: bytes) -> Met:
        """Return who decides a key that is in the source."""
        if self._is_later(key):
            return Met.PASS
        self._unmet.discard(key)
        return Met.BUSY if key in self._range.boxes else Met.GO

    def put(self, key: bytes, work: Any) -> Call:
        """Hand a key over as a call with the scan's number."""
        if not self._is_later(key):
            box = self._range.boxes.get(key) or self._range.boxes.open(key, is_scans=True)
            return self._range.post(box, self.number, work)
        self._range.refuse_ended()
        return Call(self.number, self._later_job(key))

    def began(self, key: bytes, work: Any = None) -> bool:
        """Announce that a body will run at a key with the answer GO.

        Args:
            work: runs it again after a failure; without it there is no retry.

        Returns:
            Whether it may run. If not, a later call decides the key by now.
        """
        if self._is_later(key):
            return False
        self._run(key, work)
        return True

    def ended(
        self,
        key: bytes,
        error: BaseException | None = None,
        *,
        propagated: BaseException | None = None,
        in_sink: bool = False,
    ) -> None:
        """Report the end of an announced run or a claimed removal; see `Done`."""
        self._range.done(self._range.boxes[key], self._jobs.pop(key), error, propagated, in_sink)

    def claim_removal(self, key: bytes) -> bool:
        """Return whether the caller must remove a key that is not in the source.

        If so, it calls `ended` afterwards. If not, a later call decides the key, or the range removes it as soon as
        possible.
        """
        if self._is_later(key):
            return False
        self._unmet.discard(key)
        box = self._range.boxes.get(key)
        if box is None:
            self._run(key, REMOVE)
            return True
        self._range.post(box, self.number, REMOVE)
        return False

    def finish(self) -> None:
        """Finish: all keys were met, and the others claimed; keys that were open meanwhile and not met are removed,
        too."""
        if self._leave():
            for key in self._unmet:
                box = self._range.boxes.get(key) or self._range.boxes.open(key, is_scans=True)
                self._range.post(box, self.number, REMOVE)
            if self._removes_only:
                self._range.durable.close(self.number)
            else:
                self._range.holds.listed(self.number, self._part)
            self._close()

    def fail(self) -> None:
        """Abort: nothing more is removed, and no cursor passes this scan until another one succeeds."""
        if self._leave():
            if not self._range.ended:  # otherwise it stays open
                self._range.holds.missed(self.number, self._part)
            self._close()

    def decided_later(self, key: bytes) -> None:
        """Note a call made after the scan began: it decides the key, even if it ends before the scan."""
        if key.startswith(self._part):
            self._later.add(mark_of(key))
            self._unmet.discard(key)

    def _is_later(self, key: bytes) -> bool:
        return self._range.scan is not self or mark_of(key) in self._later

    def _later_job(self, key: bytes) -> Job | None:
        """Return the first job of a later call, if none has ended yet."""
        box = self._range.boxes.get(key)
        jobs = () if box is None else (box.running, box.waiting)
        later = [job for job in jobs if job is not None and job.number > self.number]
        return later[0] if later and later[0].untold is not None else None

    def _run(self, key: bytes, work: Any) -> None:
        assert key not in self._range.boxes, "a key that has a mailbox is handed over by put()"
        box = self._range.boxes.open(key, is_scans=True)
        self._jobs[key] = self._range.run_job(box, self._range.new_job(self.number, work))

    def _leave(self) -> bool:
        if self in self._range.coming:
            self._range.coming.remove(self)
        elif self._range.scan is self:
            self._range.scan = None
        else:
            return False
        return True

    def _close(self) -> None:
        self._range.told.close(self.number)
        self._unmet.clear()
        self._later.clear()
