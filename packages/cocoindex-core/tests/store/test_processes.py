from __future__ import annotations

import pathlib
from typing import Any

from cocoindex._store import open_database

WRITE = """
import sys
from cocoindex._store import open_database
store = open_database(sys.argv[1]).open_app(sys.argv[2])
for turn in range(int(sys.argv[3])):
    store.apply({b"%04d" % turn: b"v" * 100})
"""


def test_two_processes_write_two_apps(folder: pathlib.Path, python: Any) -> None:
    database = open_database(folder)
    others = [python(WRITE, folder, name, 100) for name in ("b", "c")]
    store = database.open_app("a")
    for turn in range(100):
        store.apply({b"%04d" % turn: b"v"})
    assert [other.wait() for other in others] == [0, 0]
    assert database.list_apps() == ["a", "b", "c"]
    for name in ("a", "b", "c"):
        assert len(database.open_app(name, create=False).scan_keys(b"")) == 100
    database.close()


CLEAR = """
import sys
from cocoindex._store import open_database
open_database(sys.argv[1]).open_app("a").clear()
"""


def test_an_app_that_another_process_removed_can_be_written_again(folder: pathlib.Path, python: Any) -> None:
    database = open_database(folder)
    store = database.open_app("a")
    store.apply({b"k": b"v"})
    assert python(CLEAR, folder).wait() == 0
    assert store.get(b"k") is None and store.scan(b"") == [] and database.list_apps() == []
    store.apply({b"k": b"w"})
    assert database.open_app("a", create=False).get(b"k") == b"w"
    database.close()
