"""Metadata of a file, available without reading its content.

Resources layer.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cocoindex.connectorkits import is_whole, shown

from .errors import FileArgumentError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class FileMetadata(NamedTuple):
    """Size in bytes, modification time, and the backend's own content fingerprint, if it has one."""

    size: int
    modified_time: datetime
    content_fingerprint: bytes | None = None


def as_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC; a naive time counts as UTC, since only a stable equality matters."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def moment_of(nanoseconds: int) -> datetime:
    """Return the moment this many nanoseconds after the beginning of 1970 (UTC), limited to the range of `datetime`.

    Raises:
        FileArgumentError: (a `TypeError`) `nanoseconds` is not a whole number.
    """
    if not is_whole(nanoseconds):
        raise FileArgumentError(f"nanoseconds= of moment_of() is a whole number, not {shown(nanoseconds)}")
    try:
        return _EPOCH + nanoseconds // 1000 * _MICROSECOND
    except OverflowError:  # file systems allow years after 9999
        return (datetime.max if nanoseconds > 0 else datetime.min).replace(tzinfo=UTC)
