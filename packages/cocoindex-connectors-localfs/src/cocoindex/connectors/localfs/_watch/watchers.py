"""Selects the watcher of the operating system.

Connector layer.
"""

from __future__ import annotations

import sys

from .area import Area
from .changes import Changes, Watcher


def watcher_for(area: Area, changes: Changes) -> Watcher:
    """Return a watcher for this operating system, not opened yet."""
    if sys.platform.startswith("linux"):
        from .tree import Tree

        return Tree(area, changes)
    from .observed import Observed

    return Observed(area, changes)
