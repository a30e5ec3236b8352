"""What has failed in an update, for the second run of its root. Layer: _engine.

The root runs once more if components must run again that were done, because they inherited a target state, or because
others need the container that they declare. What has failed in the background and was reported would only fail again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Set

    from .rerun import Rerun


class Failures:
    """The records of the components that have failed, or could not be removed, before the update was ready.

    Attributes:
        again: whether the root runs for the second time.
    """

    __slots__ = ("_settled", "_wanted", "again")

    def __init__(self) -> None:
        self.again = False
        self._settled: dict[bytes, bool] = {}
        self._wanted: Collection[bytes] = ()

    @property
    def records(self) -> Set[bytes]:
        """Return them all."""
        return self._settled.keys()

    def note(self, record_key: bytes) -> None:
        """Add one."""
        self._settled.setdefault(record_key, False)

    def note_told(self, record_key: bytes, propagated: BaseException | None) -> None:
        """Record that one was reported, with the exception that left the handlers, which `ready()` raises."""
        if propagated is None and record_key in self._settled:
            self._settled[record_key] = True

    def go_again(self, rerun: Rerun) -> bool:
        """Begin the second run of the root if a component must run that has not failed; return whether one must."""
        self._wanted = {key for marked in rerun.take() if next(iter(marked)) not in self._settled for key in marked}
        self.again = bool(self._wanted)
        return self.again

    def forget(self) -> None:
        """Forget that the root runs for the second time."""
        self._wanted, self.again = (), False

    def was_told(self, record_key: bytes) -> bool:
        """Return whether this is the second run, and the first one has reported this failure."""
        return self.again and self._settled.get(record_key, False)

    def would_fail_again(self, record_key: bytes) -> bool:
        """Return whether, besides, no component at or below this one must run."""
        return record_key not in self._wanted and self.was_told(record_key)
