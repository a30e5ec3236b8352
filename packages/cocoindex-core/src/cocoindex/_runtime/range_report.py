"""The state of a live range, for watchers. Layer: _runtime."""

from __future__ import annotations

import msgspec


class RangeReport(msgspec.Struct, frozen=True):
    """The state of a live range at one moment.

    Args:
        path: the path of its children, as text.
        ready_since: when it became ready, in seconds since 1970; None before that.
        changes: the number of changes applied since it began.
        last_minute: the number of changes in the last minute.
        waiting: the number of keys that wait for their turn.
        lag: the age in seconds of the oldest unapplied change, or the lag reported by the source if that is larger.
        failed: the number of keys whose last run failed.
        retries: the number of automatic retries.
        restarts: the number of restarts of the loop after failures.
        rescanned: when the whole source was last read, in seconds since 1970; None if it never was.
        why: the reason for that.
        note: the source's note about itself.
    """

    path: str
    ready_since: float | None = None
    changes: int = 0
    last_minute: int = 0
    waiting: int = 0
    lag: float = 0.0
    failed: int = 0
    retries: int = 0
    restarts: int = 0
    rescanned: float | None = None
    why: str = ""
    note: str = ""
