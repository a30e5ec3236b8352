"""Detects declared files and directories that cannot exist at the same time.

Connector layer.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence

from ._entry import DirSpec, FileSpec
from .errors import FileTargetError


def refuse_conflicts(wanted: Sequence[tuple[str, FileSpec | DirSpec | None]]) -> None:
    """Raise `FileTargetError` if a file is declared where another entry needs a directory, or a path twice.

    Args:
        wanted: absolute paths, each with what should exist there.
    """
    files: set[str] = set()
    directories: set[str] = set()
    for path, spec in wanted:
        if spec is None:
            continue
        if path in files or (isinstance(spec, FileSpec) and path in directories):
            raise _conflict(path, "is declared twice, in two ways; declare it once")
        (files if isinstance(spec, FileSpec) else directories).add(path)
    if not files:
        return
    seen: set[str] = set()
    for path in (*files, *directories):
        above = os.path.dirname(path)
        while above not in seen:
            seen.add(above)
            if above in files:
                raise _conflict(
                    above, f"is declared as a file, and {path!r} lies below it; both cannot be, so rename one"
                )
            above = os.path.dirname(above)


def _conflict(path: str, why: str) -> FileTargetError:
    return FileTargetError(errno.EEXIST, f"the target {path!r} {why}", path)
