"""File names as text, independent of the file system encoding of the process; and reserved names.

Connector layer. The text of a name is its bytes decoded as UTF-8; invalid bytes become surrogates.
"""

from __future__ import annotations

import os
import re
import sys
from hashlib import blake2b
from typing import Final

_IS_UTF_8: Final = sys.getfilesystemencoding().lower().replace("-", "") == "utf8"
_TEMPORARY: Final = re.compile(r"\.coco-[0-9a-f]{16}-[0-9]+\.tmp")


def canonical(name: str) -> str:
    """Return the canonical form of a name given by a program; raise `UnicodeEncodeError` if it cannot be encoded."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def from_disk(name: str) -> str:
    """Return a name given by the operating system as text, the same in every process."""
    return name if _IS_UTF_8 or name.isascii() else os.fsencode(name).decode("utf-8", "surrogateescape")


def to_disk(name: str) -> str:
    """Return a name in the form that the functions of `os` take in this process."""
    return name if _IS_UTF_8 or name.isascii() else os.fsdecode(name.encode("utf-8", "surrogateescape"))


def on_disk(path: str) -> str:
    """Return a path, given by a program or by a walk, in the form that the functions of `os` take in this process."""
    if _IS_UTF_8 or path.isascii():
        return path
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return to_disk(path)
    return path if os.path.lexists(path) else to_disk(path)


def temporary_name(name: str, number: int = 0) -> str:
    """Return the temporary name under which the new content of the file `name` is written first.

    It is derived from `name`, so that the next attempt finds the temporary file of a killed process. It is short, since
    `name` may be as long as the file system allows.

    Args:
        name: in the form that the functions of `os` take.
        number: distinguishes several temporary names of one file.
    """
    return f".coco-{blake2b(os.fsencode(name), digest_size=8).hexdigest()}-{number}.tmp"


def is_temporary(name: str) -> bool:
    """Say whether `name` has the form of a `temporary_name`."""
    return name.startswith(".coco-") and _TEMPORARY.fullmatch(name) is not None
