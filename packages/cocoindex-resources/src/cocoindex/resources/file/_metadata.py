"""What a backend tells about a file without its content.

Resources layer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class FileMetadata(NamedTuple):
    """Size in bytes, time of the last change, and the backend's own fingerprint of the content where it has one."""

    size: int
    modified_time: datetime
    content_fingerprint: bytes | None = None


def as_nanoseconds(moment: datetime) -> int:
    """Return nanoseconds since 1970, with a naive time read as UTC: only equality matters, and it must be stable."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND * 1000
