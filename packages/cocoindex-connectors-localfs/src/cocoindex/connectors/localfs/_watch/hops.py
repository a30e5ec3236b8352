"""Follows a symbolic link, and returns the directory entries that determine its target.

Connector layer.
"""

from __future__ import annotations

import os
from typing import Final

_MOST: Final = 40  # links in a row, as in the kernel


def hops(path: str) -> list[tuple[str, str]]:
    """Return what decides, beside the link itself, where it leads: pairs of real directory and name in it.

    These are all links on the way, those in the place of a directory included, and what stands at its end, or the
    first that is missing; with an empty name, the directories that the way leads through. While each of the former
    stays what it is, and the latter where they are, the link leads where it did.

    Args:
        path: of the link.
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
    except OSError:  # it is not a link any more, or the way cannot be looked at
        pass
    return found


def _parts(target: str) -> list[str]:
    """The steps of a path, the first one last."""
    parts = [part for part in target.split(os.sep) if part not in ("", os.curdir)]
    if target.startswith(os.sep):
        parts.insert(0, os.sep)
    return parts[::-1]
