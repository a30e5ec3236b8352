"""Stored records of files and directories.

Connector layer. A record is bytes, in one of five forms:

- the fingerprint of a file written by the app: 16 bytes;
- the letter W, the time when the app was first about to write the file, and its fingerprint: 25 bytes;
- the letter P, the same time, the identity of the directory with the file, and the fingerprint: 41 bytes;
- the letter F and the fingerprint of a file that existed before with the declared content: 17 bytes;
- the letter D and the fields of a `DirRecord`.
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
_PLACED: Final = b"P"
_PLACE: Final = slice(_SINCE_BYTES, _SINCE_BYTES + 16)
_DIRECTORY: Final = struct.Struct(">cBQ")
_LETTER: Final = b"D"
_MADE, _LINKED, _THERE = 1, 2, 4


class DirRecord(NamedTuple):
    """The record of a directory.

    Attributes:
        since: when it was first declared, in nanoseconds since 1970; the app did not create anything older.
        mark: the identity of the directory; empty if it is not known yet.
        made: whether the app created it.
        linked: whether the path was a link when it was first declared.
        there: whether something existed there when it was first declared.
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
        """Say whether the app created the existing directory, by its time of creation; for a record without a mark."""
        return self.made or not (self.linked or self.there or born is None or born <= self.since)

    @classmethod
    def decode(cls, record: EntryRecord) -> Self:
        _, flags, since = _DIRECTORY.unpack_from(record)
        return cls(since, record[_DIRECTORY.size :], *(bool(flags & flag) for flag in (_MADE, _LINKED, _THERE)))


def first(records: Iterable[DirRecord], since: int, there: bool) -> DirRecord:
    """Return a record without identity for a directory that may be any of `records`; a new one if there are none."""
    oldest = min(records, key=lambda record: record.since, default=DirRecord(since, there=there))
    return DirRecord(oldest.since, linked=oldest.linked, there=oldest.there)


class Known(NamedTuple):
    """What may exist at the place of an entry, according to the records of earlier updates.

    Attributes:
        ours: fingerprints of contents that the app wrote, or was about to write.
        theirs: fingerprints of contents that existed there, as declared, before the app would have written them.
        directories: records of directories that were declared there.
        certain: whether one of all these existed there when the last update ended.
        since: when the app was first about to write the file, in nanoseconds since 1970; 0 if unknown. A file created
            before that belongs to somebody else.
        places: identities of the directories that the app wrote the file to; empty if one of them is unknown.
    """

    ours: tuple[bytes, ...] = ()
    theirs: tuple[bytes, ...] = ()
    directories: tuple[DirRecord, ...] = ()
    certain: bool = False
    since: int = 0
    places: tuple[bytes, ...] = ()

    @property
    def interrupted(self) -> bool:
        """Whether a write of the file may have been interrupted."""
        return bool(self.ours) and (not self.certain or len(self.ours) > 1)


def known(records: Iterable[EntryRecord], *, certain: bool) -> Known:
    """Return the contents of `records`."""
    ours: tuple[bytes, ...] = ()
    theirs: tuple[bytes, ...] = ()
    directories: tuple[DirRecord, ...] = ()
    since: int | None = None
    places: tuple[bytes, ...] = ()
    for record in records:
        if len(record) == _FINGERPRINT:
            ours, since = (*ours, record), 0
        elif record[:1] in (_WRITTEN, _PLACED):
            _, written_at = _SINCE.unpack_from(record)
            ours = (*ours, record[-_FINGERPRINT:])
            since = written_at if since is None else min(since, written_at)
            places += (record[_PLACE],) if record[:1] == _PLACED else ()
        elif record[:1] == _FOREIGN:
            theirs = (*theirs, record[1:])
        elif record[:1] == _LETTER:
            directories = (*directories, DirRecord.decode(record))
    certain = certain and bool(ours or theirs or directories)
    return Known(ours, theirs, directories, certain, since or 0, places if len(places) == len(ours) else ())


def written(content: bytes, since: int = 0, place: bytes = b"") -> EntryRecord:
    """Return the record of a file written by the app with this content; see `Known.since` and `Known.places`."""
    start = _SINCE.pack(_PLACED if place else _WRITTEN, since) if since or place else b""
    return start + place + bytes(fingerprint_bytes(content))


def found(content: bytes) -> EntryRecord:
    """Return the record of a file that existed before with exactly this content."""
    return _FOREIGN + written(content)
