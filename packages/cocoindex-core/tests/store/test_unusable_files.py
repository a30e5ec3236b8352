from __future__ import annotations

import pathlib
import re
from contextlib import closing
from typing import Any

import lmdb
import pytest

from cocoindex._store import open_database
from cocoindex.errors import CocoIndexError, StoreCorruptedError, StoreOpenError, StoreVersionError, TooManyAppsError


def fill(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database, database.lock_app("a"):
        database.open_app("a").apply({b"%05d" % number: b"v" * (number % 3000) for number in range(2000)})


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("share", [0, 0.0001, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off(folder: pathlib.Path, share: float, readonly: bool) -> None:
    fill(folder)
    data = folder / "data.mdb"
    whole = data.read_bytes()
    data.write_bytes(whole[: int(len(whole) * share)])
    for _ in range(2):
        with pytest.raises(StoreCorruptedError, match=f"{re.escape(str(folder))} is damaged.*remove that folder"):
            open_database(folder, readonly=readonly)
    data.write_bytes(whole)
    with closing(open_database(folder)) as database:
        assert len(database.open_app("a").scan_keys(b"", limit=5000)) == 2000


def test_freed_pages_that_were_never_written_may_be_missing(folder: pathlib.Path) -> None:
    found = False
    for seed in range(40):
        path = folder / str(seed)
        with closing(open_database(path)) as database:
            store = database.open_app("a")
            store.apply({b"%05d" % number: bytes(60_000) for number in range(30)})
            store.apply({b"%05d" % (number * 7 % 1000) + b"k" * 300: b"v" for number in range(10 + 7 * seed)}, [b""])
            store.apply({}, [b"%d" % digit for digit in range(seed % 10)])
            kept = store.scan(b"", limit=5000)
        with closing(lmdb.open(str(path), readonly=True)) as environment:
            pages = environment.info()["last_pgno"] + 1
        found |= (path / "data.mdb").stat().st_size < pages * 4096
        for readonly in (True, False):
            with closing(open_database(path, readonly=readonly)) as database:
                assert database.open_app("a").scan(b"", limit=5000) == kept
    assert found


@pytest.mark.parametrize("content", [b"x", b"text" * 5000, b"\0" * 100_000, b"SQLite format 3\0" * 1000])
def test_a_file_of_another_kind(folder: pathlib.Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "data.mdb").write_bytes(content)
    with pytest.raises(StoreCorruptedError, match="not a database of this framework"):
        open_database(folder)
    assert (folder / "data.mdb").read_bytes() == content


def test_a_database_of_another_program(folder: pathlib.Path) -> None:
    with closing(lmdb.open(str(folder))) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"theirs", b"v")
    with pytest.raises(StoreCorruptedError, match="another program's data"):
        open_database(folder)


@pytest.mark.parametrize("readonly", [False, True])
def test_a_format_from_the_future(folder: pathlib.Path, readonly: bool) -> None:
    fill(folder)
    with closing(lmdb.open(str(folder))) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"format", b"17")
    with pytest.raises(StoreVersionError, match=r"has format 17, .*reads format 2; install the version that wrote it"):
        open_database(folder, readonly=readonly)


def test_paths_where_no_folder_can_be(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for path in (
        file,
        file / "database",
        tmp_path / ("n" * 300),
        pathlib.Path("/dev/null/x"),
        pathlib.Path("/proc/x/y"),
    ):
        with pytest.raises(StoreOpenError) as caught:
            open_database(path)
        assert str(path) in str(caught.value)
        assert isinstance(caught.value, OSError) and isinstance(caught.value, CocoIndexError)


def test_missing_parents_are_made(tmp_path: pathlib.Path) -> None:
    with closing(open_database(tmp_path / "a" / "b" / "c")) as database:
        assert database.list_apps() == []


def test_more_apps_at_once_than_allowed(folder: pathlib.Path) -> None:
    with closing(open_database(folder, max_dbs=2)) as database:
        stores = [database.open_app(name) for name in "ab"]
        with pytest.raises(TooManyAppsError, match="max_dbs"):
            database.open_app("c")
        stores[0].apply({b"k": b"v"})
        assert stores[0].get(b"k") == b"v" and database.list_apps() == ["a", "b"]


def test_more_apps_one_after_the_other_than_at_once(folder: pathlib.Path, little_garbage: None) -> None:
    with closing(open_database(folder, max_dbs=2)) as database:
        kept = database.open_app("kept")
        kept.apply({b"k": b"v"})
        for number in range(7):
            database.open_app(f"app {number}").apply({b"k": b"%d" % number})
            assert kept.get(b"k") == b"v" and database.open_app(f"app {number}").get(b"k") == b"%d" % number
        for number in range(7):
            assert database.open_app(f"app {number}", create=False).scan(b"") == [(b"k", b"%d" % number)]
    with closing(open_database(folder, max_dbs=2, readonly=True)) as database:
        assert [database.open_app(name).get(b"k") for name in database.list_apps()] == [
            *(b"%d" % number for number in range(7)),
            b"v",
        ]


def test_apps_of_which_only_cycles_are_left_are_not_in_use(folder: pathlib.Path, little_garbage: None) -> None:
    with closing(open_database(folder, max_dbs=2)) as database:
        for number in range(7):
            cycle: list[object] = [database.open_app(f"app {number}")]
            cycle.append(cycle)
        del cycle
        assert len(database.list_apps()) == 7


FILL_UP = """
import resource, sys
from cocoindex._store import open_database
from cocoindex.errors import StoreFullError
store = open_database(sys.argv[1], map_size=1 << 16).open_app("a")
store.apply({b"before": b"v"})
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
try:
    store.apply({b"%d" % number: bytes(100_000) for number in range(20)})
except StoreFullError as error:
    print(error)
    store.apply({b"small": b"v"})
    print(store.scan(b""))
"""


def test_a_full_disk(folder: pathlib.Path, python: Any) -> None:
    pytest.importorskip("resource", reason="file sizes cannot be limited here")
    output, _ = python(FILL_UP, folder).communicate()
    assert f"cannot write the database {folder}, its disk is full" in output and "make room" in output
    assert "[(b'before', b'v'), (b'small', b'v')]" in output
    with closing(open_database(folder)) as database:
        assert database.open_app("a").scan_keys(b"") == [b"before", b"small"]
