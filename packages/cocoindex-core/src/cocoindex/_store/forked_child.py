"""Keeps a forked child from using objects of LMDB that are open in its parent.

Layer `_store`. LMDB does not work across a fork: whatever a child does to inherited objects, even freeing them, changes
the parent's lock table in shared memory.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class Inherited(Protocol):
        """An object that a forked child must not use."""

        def abandon(self) -> None:
            """In the child: refuse every use from now on, and release nothing."""


_open: weakref.WeakSet[Inherited] = weakref.WeakSet()


def keep_from_children(opened: Inherited) -> None:
    """Abandon `opened` in every child that is forked from now on."""
    _open.add(opened)


def immortalize(inherited: object) -> None:
    """Never free an object in this process: freeing an LMDB transaction would end that of the parent."""
    try:
        import ctypes
    except ImportError:  # a Python that was built without it
        return
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(inherited))


def _abandon_all() -> None:
    for opened in list(_open):
        opened.abandon()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_all)
