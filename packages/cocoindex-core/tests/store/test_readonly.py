from __future__ import annotations

import os
import pathlib
from typing import Any

import pytest

from cocoindex._store import open_database
from cocoindex.errors import AppNotFoundError, StoreOpenError, StoreReadonlyError


def test_nothing_is_made(folder: pathlib.Path) -> None:
    with pytest.raises(StoreOpenError, match=f"no database at {folder}"):
        open_database(folder, readonly=True)
    assert not folder.exists()
    folder.mkdir()
    with pytest.raises(StoreOpenError, match="run an update first"):
        open_database(folder, readonly=True)
    assert os.listdir(folder) == []


def test_no_lock_file_is_made_beside_a_copy(folder: pathlib.Path) -> None:
    database = open_database(folder)
    database.open_app("a").apply({b"k": b"v"})
    database.close()
    (folder / "lock.mdb").unlink()
    database = open_database(folder, readonly=True)
    assert database.open_app("a").get(b"k") == b"v"
    database.close()
    assert os.listdir(folder) == ["data.mdb"]


@pytest.mark.parametrize("beside_a_writer", [True, False])
def test_writes_are_refused(folder: pathlib.Path, beside_a_writer: bool) -> None:
    writer = open_database(folder)
    writer.open_app("a").apply({b"k": b"v"})
    if not beside_a_writer:
        writer.close()
    reader = open_database(folder, readonly=True)
    store = reader.open_app("a")
    for write in (lambda: store.apply({b"k": b"w"}), store.clear, lambda: reader.lock_app("a")):
        with pytest.raises(StoreReadonlyError, match="opened for reading"):
            write()
    with pytest.raises(AppNotFoundError, match=r"no app 'b' .* it has 'a'"):
        reader.open_app("b")
    assert store.get(b"k") == b"v"
    reader.close()
    writer.close()


WRITE_ON_COMMAND = """
import sys
from cocoindex._store import open_database
database = open_database(sys.argv[1], map_size=1 << 16)
for line in sys.stdin:
    name, text = line.split()
    database.open_app(name).apply({b"k": text.encode(), b"filler": bytes(300_000)})
    print("done", flush=True)
"""


def test_commits_of_another_process_are_seen(folder: pathlib.Path, python: Any) -> None:
    writer = python(WRITE_ON_COMMAND, folder)

    def write(name: str, text: str) -> None:
        print(name, text, file=writer.stdin, flush=True)
        assert writer.stdout.readline() == "done\n"

    write("a", "first")
    reader = open_database(folder, readonly=True)
    store = reader.open_app("a")
    assert store.get(b"k") == b"first"
    for text in ("second", "third"):
        write("a", text)
        assert store.get(b"k") == text.encode() == dict(store.scan(b"k"))[b"k"]
    write("b", "new")
    assert reader.list_apps() == ["a", "b"] and reader.open_app("b").get(b"k") == b"new"
    reader.close()


def test_a_reader_and_then_a_writer_in_one_process(folder: pathlib.Path) -> None:
    writer = open_database(folder)
    writer.open_app("a").apply({b"k": b"u"})
    writer.close()
    reader = open_database(folder, readonly=True)
    store = reader.open_app("a")
    assert store.get(b"k") == b"u"
    writer = open_database(folder)
    assert store.get(b"k") == b"u"
    writer.open_app("a").apply({b"k": b"v"})
    assert store.get(b"k") == b"v"
    writer.close()
    assert reader.list_apps() == ["a"]
    with pytest.raises(StoreReadonlyError):
        reader.open_app("a").clear()
    reader.close()
