from __future__ import annotations

import pathlib
from collections.abc import Callable

import pytest

from cocoindex._store import open_database
from cocoindex._store.interface import Database
from cocoindex._store.memory_store import MemoryDatabase
from cocoindex.errors import StoreClosedError


@pytest.mark.parametrize("kind", ["lmdb", "memory"])
def test_a_closed_database_refuses(folder: pathlib.Path, kind: str) -> None:
    database: Database = open_database(folder) if kind == "lmdb" else MemoryDatabase()
    store = database.open_app("a")
    database.close()
    database.close()
    uses: list[Callable[[], object]] = [
        database.list_apps,
        lambda: database.open_app("a"),
        lambda: database.lock_app("a"),
        store.clear,
    ]
    uses += [lambda: store.get(b"k"), lambda: store.scan(b""), lambda: store.apply({b"k": b"v"})]
    for use in uses:
        with pytest.raises(StoreClosedError, match="is closed"):
            use()


def test_it_stays_open_for_others_until_the_last_one_closes(folder: pathlib.Path) -> None:
    first, second = open_database(folder), open_database(folder / ".." / folder.name)
    first.open_app("a").apply({b"k": b"v"})
    first.close()
    assert second.open_app("a").get(b"k") == b"v"
    second.close()
    third = open_database(folder)
    assert third.open_app("a", create=False).get(b"k") == b"v"
    third.close()


def test_a_folder_that_was_removed_and_made_anew(folder: pathlib.Path) -> None:
    old = open_database(folder)
    old.open_app("old")
    for file in (folder / "data.mdb", folder / "lock.mdb"):
        file.unlink()
    new = open_database(folder)
    assert new.list_apps() == [] and old.list_apps() == ["old"]
    old.close()
    new.open_app("new")
    assert open_database(folder).list_apps() == ["new"]
    new.close()
    again = open_database(folder)
    assert again.list_apps() == ["new"]
    again.close()
