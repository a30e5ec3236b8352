"""App names as keys of the database and as names of files.

Layer `_store`.
"""

from __future__ import annotations

import string
from typing import Final

import xxhash

from cocoindex._keys import decode_key, encode_key
from cocoindex._shown import shown
from cocoindex.errors import AppNameError

from .partition import GROWING

_REGISTERED: Final = b"app:"
_RECORDS: Final = (b"records:", *(b"records %c:" % first for first in GROWING))
_MAX_NAME_BYTES: Final = 400
_PLAIN: Final = frozenset(string.ascii_letters + string.digits + "_-")
_MAX_READABLE: Final = 100


def check_app_name(name: str) -> None:
    """Raise `AppNameError` unless the name is a valid app name."""
    if not isinstance(name, str):
        raise AppNameError(f"an app is named by a str, not by {shown(name)} ({type(name).__name__})")
    size = len(encode_key(name)) - 2
    if not 0 < size <= _MAX_NAME_BYTES:
        raise AppNameError(f"the name of an app has 1 to {_MAX_NAME_BYTES} bytes in UTF-8; {name[:40]!r} has {size}")


def registration_key(name: str) -> bytes:
    """Return the key that is in the main database while the app exists."""
    return _REGISTERED + encode_key(name)


def registration_prefix() -> bytes:
    """Return the common prefix of all registration keys and no other keys."""
    return _REGISTERED


def registered_name(key: bytes) -> str:
    """Return the name of the app with this registration key."""
    return str(decode_key(key[len(_REGISTERED) :]))


def records_names(name: str) -> list[bytes]:
    """Return the names of the sub-databases with the app's records, by partition; without NUL, which ends a name in
    LMDB."""
    return [kind + encode_key(name)[:-1] for kind in _RECORDS]


def file_stem(name: str) -> str:
    """Return the part of a file name for the app, whatever characters its name has."""
    # The hash distinguishes what the readable part does not, such as upper and lower case on some file systems.
    readable = "".join(letter if letter in _PLAIN else "_" for letter in name[:_MAX_READABLE])
    return f"{readable}-{xxhash.xxh3_128_hexdigest(encode_key(name))}"
