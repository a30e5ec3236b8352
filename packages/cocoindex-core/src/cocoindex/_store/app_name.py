"""App names as keys of the database and as names of files.

Layer `_store`.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from cocoindex._keys import decode_key, encode_key
from cocoindex.errors import AppNameError

_REGISTERED: Final = b"app:"
_RECORDS: Final = b"records:"
_MAX_NAME_BYTES: Final = 400
_MAX_FILE_STEM: Final = 120


def check_app_name(name: str) -> None:
    """Raise `AppNameError` unless the name can be that of an app."""
    if not isinstance(name, str):
        raise AppNameError(f"an app is named by a str, not by {name!r} ({type(name).__name__})")
    size = len(encode_key(name)) - 2
    if not 0 < size <= _MAX_NAME_BYTES:
        raise AppNameError(f"the name of an app has 1 to {_MAX_NAME_BYTES} bytes in UTF-8; {name[:40]!r} has {size}")


def registration_key(name: str) -> bytes:
    """Return the key that is in the main database while the app exists."""
    return _REGISTERED + encode_key(name)


def registration_prefix() -> bytes:
    """Return what all registration keys, and no others, begin with."""
    return _REGISTERED


def registered_name(key: bytes) -> str:
    """Return the name of the app whose registration key this is."""
    return str(decode_key(key[len(_REGISTERED) :]))


def records_name(name: str) -> bytes:
    """Return the name of the sub-database with the app's records; it has no NUL, at which LMDB would cut it."""
    return _RECORDS + encode_key(name)[:-1]


def file_stem(name: str) -> str:
    """Return the part of a file name that stands for the app, whatever characters its name has."""
    # Lower and upper case are one on some file systems, so the digest tells such names apart.
    stem = quote(name.encode("utf-8", "surrogatepass"), safe=" ").replace("%", "_")[:_MAX_FILE_STEM]
    return f"{stem}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
