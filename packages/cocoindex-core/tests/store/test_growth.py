from __future__ import annotations

import logging
import pathlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cocoindex._store import open_database
from cocoindex._store.interface import Database
from cocoindex.errors import AppNotFoundError, StoreReadonlyError


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


def in_a_snapshot(database: Database) -> bytes | None:
    with database.open_app("a").snapshot() as snapshot:
        return snapshot.get(b"k")


def after_a_write(database: Database) -> bytes | None:
    database.open_app("a").apply({b"other": b"w"})
    return database.open_app("a").get(b"k")


@pytest.mark.parametrize(
    "first_use",
    [
        in_a_snapshot,
        after_a_write,
        lambda database: database.open_app("a").get(b"k"),
        lambda database: database.open_app("a").get_many([b"k"])[0],
        lambda database: dict(database.open_app("a").scan(b"k"))[b"k"],
        lambda database: b"v" if database.open_app("a").scan_keys(b"k") == [b"k"] else None,
        lambda database: b"v" if database.open_app("other").get(b"big") else None,
        lambda database: b"v" if database.list_apps() == ["a", "other"] else None,
        lambda database: b"v" if not database.open_app("new").scan(b"") else None,
        lambda database: database.open_app("other").clear() or b"v",
    ],
)
@pytest.mark.parametrize("readonly", [False, True])
def test_growth_by_another_process_is_adopted_by_whatever_comes_first(
    folder: pathlib.Path, python: Any, first_use: Callable[[Database], bytes | None], readonly: bool
) -> None:
    writer = open_database(folder, map_size=1 << 16)
    writer.open_app("a").apply({b"k": b"v"})
    if readonly:
        writer.close()
    database = open_database(folder, map_size=1 << 16, readonly=readonly)
    database.open_app("a").get(b"k")
    assert python(GROW, folder).wait() == 0
    try:
        assert first_use(database) == b"v"
    except (StoreReadonlyError, AppNotFoundError):
        assert readonly
    database.close()
    if not readonly:
        writer.close()


def test_growth_by_another_process_in_the_middle_of_a_snapshot(folder: pathlib.Path, python: Any) -> None:
    database = open_database(folder, map_size=1 << 16)
    store = database.open_app("a")
    store.apply({b"k": b"v"})
    with store.snapshot() as snapshot:
        assert python(GROW, folder).wait() == 0
        assert store.get(b"k") == b"v" == snapshot.get(b"k")
        assert store.scan_keys(b"k") == [b"k"]
        with store.snapshot() as inner:
            assert inner.get(b"k") == b"v"
        assert snapshot.get(b"k") == b"v"
    assert database.list_apps() == ["a", "other"]
    database.close()


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
from cocoindex._store import open_database
from cocoindex.errors import StoreOpenError
store = open_database(sys.argv[1]).open_app("a")
store.apply({b"k": b"v"})
print(store.get(b"k"))
try:
    for number in range(1000):
        store.apply({b"%03d" % number: bytes(10 << 20)})
except StoreOpenError as error:
    print(error)
    print(number > 1, store.get(b"k"), len(store.get(b"000")))
    store.apply({b"k": b"w"})
    print(store.get(b"k"))
"""


def test_a_process_with_little_address_space_has_a_smaller_map(folder: pathlib.Path, python: Any) -> None:
    pytest.importorskip("resource", reason="memory cannot be limited here")
    output = python(LIMITED, folder).communicate()[0].splitlines()
    assert output[0] == "b'v'"
    assert "no memory or address space left" in output[1] and "ulimit -v" in output[1]
    assert output[2:] == ["True b'v' 10485760", "b'w'"]
