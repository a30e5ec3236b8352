"""What is said of a live range while it goes on, to whoever watches. Layer: _runtime."""

from __future__ import annotations

import msgspec


class RangeReport(msgspec.Struct, frozen=True):
    """A live range at one moment.

    Args:
        path: where its children are, as text.
        ready_since: when it was ready, in seconds since 1970; None before that.
        changes: how many were applied since it began.
        last_minute: how many of them in the last minute.
        waiting: how many keys wait for their turn.
        lag: for how many seconds the oldest change has not been applied, or what the source says, if that is more.
        failed: how many keys failed the last time.
        retries: how often one of them was tried again by itself.
        restarts: how often the loop was begun again after a failure.
        rescanned: when the source was last read as a whole, in seconds since 1970; None where it never was.
        why: what for.
        note: what the source says of itself.
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
