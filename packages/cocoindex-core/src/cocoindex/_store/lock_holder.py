"""The holder of the right to write an app. Layer: _store."""

from __future__ import annotations

import msgspec


class LockHolder(msgspec.Struct, frozen=True):
    """The holder of the right to write an app; unknown values are None.

    Args:
        pid, host: the process.
        since: ISO 8601, UTC.
        live: whether it is a live update.
    """

    pid: int | None = None
    host: str | None = None
    since: str | None = None
    live: bool = False
