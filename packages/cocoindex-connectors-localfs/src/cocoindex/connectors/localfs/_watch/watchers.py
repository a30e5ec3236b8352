"""Which way of watching a system has.

Connector layer.
"""

from __future__ import annotations

from .area import Area
from .changes import Changes, Watcher


def watcher_for(area: Area, changes: Changes) -> Watcher:
    """Return what watches a directory here; it is still to be opened."""
    from .tree import Tree

    return Tree(area, changes)
