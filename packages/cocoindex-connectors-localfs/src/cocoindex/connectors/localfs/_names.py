"""Names of files as text, independent of the file system encoding of the process; and reserved names.

Connector layer. A name is the text that its bytes are in UTF-8; bytes that are none are kept as surrogates.
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
    """Return a name that a program gave in the one form; `UnicodeEncodeError` where it can be no name."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def from_disk(name: str) -> str:
    """Return the name that the operating system gave, as every process would read it."""
    return name if _IS_UTF_8 or name.isascii() else os.fsencode(name).decode("utf-8", "surrogateescape")


def to_disk(name: str) -> str:
    """Return a name as the functions of `os` take it in this process."""
    return name if _IS_UTF_8 or name.isascii() else os.fsdecode(name.encode("utf-8", "surrogateescape"))


def on_disk(path: str) -> str:
    """Return a path, which a program wrote or a walk gave, as the functions of `os` take it in this process."""
    if _IS_UTF_8 or path.isascii():
        return path
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return to_disk(path)
    return path if os.path.lexists(path) else to_disk(path)


def temporary_name(name: str, number: int = 0) -> str:
    """Return the name under which the new content of the file `name`, a name as `os` takes it, is written first.

    It follows from the file's, so that what a killed process leaves behind is found by the next attempt; and it is
    short, since a file's own name may be as long as the file system allows.
    """
    return f".coco-{blake2b(os.fsencode(name), digest_size=8).hexdigest()}-{number}.tmp"


def is_temporary(name: str) -> bool:
    """Say whether that is a name of the kind that `temporary_name` gives."""
    return name.startswith(".coco-") and _TEMPORARY.fullmatch(name) is not None
