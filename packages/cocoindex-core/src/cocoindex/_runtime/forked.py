"""Resets for a forked child: of loops, threads and locks that the parent continues to use. Layer: _runtime."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_resets: weakref.WeakKeyDictionary[Any, Callable[[Any], None]] = weakref.WeakKeyDictionary()
_kept: list[object] = []


def in_forked_child(owner: T, reset: Callable[[T], None]) -> None:
    """Call `reset(owner)` in forked children, as long as `owner` lives."""
    _resets[owner] = reset


def leave_to_parent(*things: object) -> None:
    """Keep `things` for ever: closing or collecting them here would close what the parent uses."""
    _kept.extend(things)


def _reset_all() -> None:
    for owner, reset in list(_resets.items()):
        reset(owner)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_all)
