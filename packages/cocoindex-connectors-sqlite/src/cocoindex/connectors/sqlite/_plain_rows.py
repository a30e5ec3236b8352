"""Reads rows and texts as SQLite gives them, whatever factories the program has set for its connection.

SQLite connector, connection layer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._driver import sqlite3

__all__ = ["PlainRows"]


class PlainRows:
    """Sets `row_factory` and `text_factory` of a connection aside while any thread of this connector uses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._set_aside: tuple[Any, Any] = (None, str)

    @contextmanager
    def of(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Have plain rows of this connection; several threads may overlap."""
        with self._lock:
            if not self._users:
                self._set_aside = connection.row_factory, connection.text_factory
                connection.row_factory, connection.text_factory = None, str
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    connection.row_factory, connection.text_factory = self._set_aside
