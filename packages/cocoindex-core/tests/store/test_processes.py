from __future__ import annotations

import os
import pathlib
from typing import Any

import pytest

from cocoindex._store import open_database
from cocoindex.errors import StoreOpenError

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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_is_told_to_spawn(folder: pathlib.Path) -> None:
    database = open_database(folder)
    child = os.fork()
    if not child:
        try:
            open_database(folder)
        except StoreOpenError as error:
            os._exit(0 if "spawn" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    database.close()
