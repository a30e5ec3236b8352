"""Follows a symbolic link, and returns the directory entries that determine its target.

Connector layer.
"""

from __future__ import annotations

import os
from typing import Final

_MOST: Final = 40  # links in a row, as in the kernel


def hops(path: str) -> list[tuple[str, str]]:
    """Return the entries that determine the target of a link, apart from the link itself.

    Each is a pair of a real directory and a name in it. They are all further links on the path to the target, and the
    target itself or the first missing entry; and, with an empty name, the directories on that path. The target of the
    link stays the same as long as none of the named entries changes and none of the directories is moved.

    Args:
        path: absolute path of the link.
    """
    found: list[tuple[str, str]] = []
    try:
        here = os.path.realpath(os.path.dirname(path))
        parts = _parts(os.readlink(path))
        links = 1
        while parts:
            part = parts.pop()
            if part == os.sep:
                here = os.sep
            elif part == os.pardir:
                here = os.path.dirname(here)
            else:
                step = os.path.join(here, part)
                is_link = os.path.islink(step)
                if is_link or not parts or not os.path.isdir(step):
                    found.append((here, part))
                if is_link:
                    links += 1
                    if links > _MOST:
                        return found
                    parts.extend(_parts(os.readlink(step)))
                elif parts and not os.path.isdir(step):
                    return found
                else:
                    here = step
                    if parts:
                        found.append((here, ""))
    except OSError:  # it is not a link any more, or the path to its target cannot be inspected
        pass
    return found


def _parts(target: str) -> list[str]:
    """Return the components of a path in reverse order."""
    parts = [part for part in target.split(os.sep) if part not in ("", os.curdir)]
    if target.startswith(os.sep):
        parts.insert(0, os.sep)
    return parts[::-1]
