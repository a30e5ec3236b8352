"""Stored records of files and directories.

Connector layer. All are bytes: the fingerprint of a file that we wrote (16), the same behind a letter and the moment at
which we were first about to write it (25), the same behind a letter for one that was there with that very content (17),
and what a directory is by (`DirRecord`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final, NamedTuple, Self, TypeAlias

from cocoindex.connectorkits.fingerprint import fingerprint_bytes

EntryRecord: TypeAlias = bytes

_FINGERPRINT: Final = 16
_FOREIGN: Final = b"F"
_SINCE: Final = struct.Struct(">cQ")
_SINCE_BYTES: Final = _SINCE.size
_WRITTEN: Final = b"W"
_DIRECTORY: Final = struct.Struct(">cBQ")
_LETTER: Final = b"D"
_MADE, _LINKED, _THERE = 1, 2, 4


class DirRecord(NamedTuple):
    """What is remembered of a directory.

    Attributes:
        since: when it was first declared, in nanoseconds since 1970: what was made until then is not ours.
        mark: which directory it is; empty where that is not known yet.
        made: whether we made it.
        linked: whether the path was a link when it was first declared.
        there: whether something was there when it was first declared.
    """

    since: int
    mark: bytes = b""
    made: bool = False
    linked: bool = False
    there: bool = False

    def encode(self) -> EntryRecord:
        flags = self.made * _MADE + self.linked * _LINKED + self.there * _THERE
        return _DIRECTORY.pack(_LETTER, flags, self.since) + self.mark

    def is_ours(self, born: int | None) -> bool:
        """Say whether the directory that is there, made at `born`, is one that we made; for a record without a mark."""
        return self.made or not (self.linked or self.there or born is None or born <= self.since)

    @classmethod
    def decode(cls, record: EntryRecord) -> Self:
        _, flags, since = _DIRECTORY.unpack_from(record)
        return cls(since, record[_DIRECTORY.size :], *(bool(flags & flag) for flag in (_MADE, _LINKED, _THERE)))


def first(records: Iterable[DirRecord], since: int, there: bool) -> DirRecord:
    """Return what is known of a directory that may be one of several, or was first declared at `since`."""
    oldest = min(records, key=lambda record: record.since, default=DirRecord(since, there=there))
    return DirRecord(oldest.since, linked=oldest.linked, there=oldest.there)


class Known(NamedTuple):
    """What may be at the place of an entry, by the records of earlier updates.

    Attributes:
        ours: fingerprints of the contents that we wrote, or were about to.
        theirs: fingerprints of contents that were there, just as declared, before we came.
        directories: directories that were declared there.
        certain: whether one of all these is what was there when the last update ended.
        since: when we were first about to write it, in nanoseconds since 1970: a file made before is not ours; 0 where
            that is not known.
    """

    ours: tuple[bytes, ...] = ()
    theirs: tuple[bytes, ...] = ()
    directories: tuple[DirRecord, ...] = ()
    certain: bool = False
    since: int = 0

    @property
    def interrupted(self) -> bool:
        """Whether a write of it may have been interrupted."""
        return bool(self.ours) and (not self.certain or len(self.ours) > 1)


def known(records: Iterable[EntryRecord], *, certain: bool) -> Known:
    """Return what `records` say."""
    ours: tuple[bytes, ...] = ()
    theirs: tuple[bytes, ...] = ()
    directories: tuple[DirRecord, ...] = ()
    since: int | None = None
    for record in records:
        if len(record) == _FINGERPRINT:
            ours, since = (*ours, record), 0
        elif record[:1] == _WRITTEN:
            _, written_at = _SINCE.unpack_from(record)
            ours, since = (*ours, record[_SINCE_BYTES:]), written_at if since is None else min(since, written_at)
        elif record[:1] == _FOREIGN:
            theirs = (*theirs, record[1:])
        elif record[:1] == _LETTER:
            directories = (*directories, DirRecord.decode(record))
    return Known(ours, theirs, directories, certain and bool(ours or theirs or directories), since or 0)


def written(content: bytes, since: int = 0) -> EntryRecord:
    """Return the record of a file with this content that we write; see `Known.since`."""
    return (_SINCE.pack(_WRITTEN, since) if since else b"") + bytes(fingerprint_bytes(content))


def found(content: bytes) -> EntryRecord:
    """Return the record of a file that was there with just this content."""
    return _FOREIGN + written(content)
