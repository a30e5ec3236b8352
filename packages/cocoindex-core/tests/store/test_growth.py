from __future__ import annotations

import logging
import pathlib
import threading
from typing import Any

import pytest

from cocoindex._store import open_database


def test_the_map_grows_while_another_thread_reads(folder: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    database = open_database(folder, map_size=1 << 16)
    store = database.open_app("a")
    store.apply({b"first": b"v"})
    done, wrong = threading.Event(), list[object]()

    def read() -> None:
        while not done.is_set():
            rows = store.scan(b"n", limit=50)
            if store.get(b"first") != b"v" or any(len(value) != 1000 for _, value in rows):
                wrong.append(rows)

    reader = threading.Thread(target=read)
    reader.start()
    with caplog.at_level(logging.INFO, "cocoindex.store"):
        for batch in range(40):
            store.apply({b"n%d %d" % (number, batch): bytes(1000) for number in range(50)})
        store.apply({b"big": bytes(20 << 20)})
    done.set()
    reader.join()
    assert not wrong and len(store.scan_keys(b"n", limit=5000)) == 2000
    assert len(store.get(b"big") or b"") == 20 << 20
    assert "LMDB map full, doubled from" in caplog.text and str(folder) in caplog.text
    database.close()


def test_a_file_larger_than_the_map_asked_for(folder: pathlib.Path) -> None:
    database = open_database(folder)
    database.open_app("a").apply({b"big": bytes(1 << 20)})
    database.close()
    database = open_database(folder, map_size=1 << 16)
    store = database.open_app("a")
    store.apply({b"more": bytes(1 << 20)})
    assert [len(value) for _, value in store.scan(b"")] == [1 << 20, 1 << 20]
    database.close()


GROW = """
import sys
from cocoindex._store import open_database
open_database(sys.argv[1], map_size=1 << 16).open_app("other").apply({b"big": bytes(4 << 20)})
"""


@pytest.mark.parametrize("writes", [False, True])
def test_another_process_grew_the_map(folder: pathlib.Path, python: Any, writes: bool) -> None:
    database = open_database(folder, map_size=1 << 16)
    store = database.open_app("a")
    store.apply({b"k": b"v"})
    assert python(GROW, folder).wait() == 0
    if writes:
        store.apply({b"k": b"w"})
    assert store.get(b"k") == (b"w" if writes else b"v")
    assert database.list_apps() == ["a", "other"]
    database.close()
