"""A forked child cannot use a database that its parent has open, and takes nothing from it."""

from __future__ import annotations

import gc
import os
import pathlib
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from cocoindex._store import open_database
from cocoindex._store.lmdb_store import LmdbDatabase
from cocoindex.errors import StoreOpenError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def in_a_child(action: Callable[[], object]) -> int:
    """Fork; return 0 where the child's action gives nothing, 1 where it does, 99 where it raises."""
    child = os.fork()
    if not child:
        code = 99
        try:
            code = int(bool(action()))
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def refused(use: Callable[[], object]) -> bool:
    try:
        use()
    except StoreOpenError as error:
        return "before this process was forked" in str(error) and "spawn" in str(error)
    return False


def uses(database: LmdbDatabase, folder: pathlib.Path) -> list[Callable[[], object]]:
    store = database.open_app("a")

    def snapshot() -> None:
        with store.snapshot():
            pass

    return [
        lambda: open_database(folder),
        lambda: open_database(folder, readonly=True),
        lambda: database.open_app("a"),
        lambda: database.open_app("new"),
        lambda: database.lock_app("a"),
        database.list_apps,
        lambda: store.get(b"k"),
        lambda: store.get_many([b"k"]),
        lambda: store.scan(b"k"),
        lambda: store.scan_keys(b"k"),
        lambda: store.apply({b"k": b"child"}),
        store.clear,
        snapshot,
    ]


def test_every_use_is_refused(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database:
        database.open_app("a").apply({b"k": b"v"})
        every = uses(database, folder)
        assert in_a_child(lambda: [use for use in every if not refused(use)]) == 0
        assert database.open_app("a").get(b"k") == b"v" and database.list_apps() == ["a"]


@pytest.mark.parametrize("how", ["closed", "forgotten"])
def test_a_database_that_the_child_gives_up_is_refused_again(folder: pathlib.Path, how: str) -> None:
    def give_up() -> None:
        if how == "closed":
            opened[0].close()
        opened.clear()
        gc.collect()

    opened = [open_database(folder)]

    def again() -> bool:
        give_up()
        with closing(open_database(folder.parent / "of the child")):
            return not refused(lambda: open_database(folder))

    assert in_a_child(again) == 0
    give_up()
    with closing(open_database(folder)) as database:
        assert database.list_apps() == []


def test_a_database_that_the_parent_forgot_is_refused_in_the_child(folder: pathlib.Path) -> None:
    open_database(folder).open_app("a")
    gc.collect()
    assert in_a_child(lambda: not refused(lambda: open_database(folder))) == 0
    with closing(open_database(folder)) as database:
        assert database.list_apps() == ["a"]


ENDS_IN_ORDER = """
import os, sys
from cocoindex._store import open_database
database = open_database(sys.argv[1])
store = database.open_app("a")
store.apply({b"k": b"v"})
store.get(b"k")
child = os.fork()
if child:
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for turn in range(3):
        store.apply({b"k": b"%d" % turn})
        print(status, store.get(b"k"))
elif sys.argv[2] == "closes":
    database.close()
else:
    del store, database
"""


@pytest.mark.parametrize("child", ["closes", "forgets"])
def test_a_child_that_ends_in_order_disturbs_nothing(folder: pathlib.Path, python: Any, child: str) -> None:
    output, _ = python(ENDS_IN_ORDER, folder, child).communicate()
    assert output.splitlines() == ["0 b'0'", "0 b'1'", "0 b'2'"]


def test_a_fork_inside_a_snapshot_leaves_the_snapshot_as_it_is(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database:
        store = database.open_app("a")
        store.apply({b"%03d" % number: b"old" for number in range(200)})
        child = None
        with store.snapshot() as snapshot:
            child = os.fork()
            if child:
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
                assert snapshot.get(b"000") == b"old"
                with database.environment().explained():
                    readers = database.environment()._environment.readers()
                assert readers.split()[-1] != "-"  # it still has its place
        if not child:
            os._exit(0 if refused(lambda: store.get(b"000")) else 1)
        assert store.get(b"199") == b"old"


def test_a_fork_while_another_thread_writes_does_not_hang(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database:
        store = database.open_app("a")
        store.apply({b"k": b"v"})
        inside, go_on = threading.Event(), threading.Event()

        def write(_transaction: object, _handles: object) -> None:
            inside.set()
            go_on.wait()

        writer = threading.Thread(target=lambda: database.environment().write_app("a", write))
        writer.start()
        inside.wait()
        every = uses(database, folder)
        assert in_a_child(lambda: [use for use in every if not refused(use)]) == 0
        assert in_a_child(database.close) == 0
        go_on.set()
        writer.join()
        store.apply({b"k": b"w"})
        assert store.get(b"k") == b"w"


def test_a_child_opens_what_its_parent_had_closed(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database:
        database.open_app("a").apply({b"k": b"v"})

    def use() -> None:
        with closing(open_database(folder)) as own:
            own.open_app("b").apply({b"k": b"child"})

    assert in_a_child(use) == 0
    with closing(open_database(folder)) as database:
        assert database.list_apps() == ["a", "b"]
