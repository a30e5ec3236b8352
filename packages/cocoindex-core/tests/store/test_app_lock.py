from __future__ import annotations

import datetime
import json
import os
import pathlib
import pickle
import socket
import sys
from typing import Any

import pytest

from cocoindex._store import open_database
from cocoindex.errors import AppLockedError, StoreOpenError

HOLD = """
import sys
from cocoindex._store import open_database
lock = open_database(sys.argv[1]).lock_app(sys.argv[2])
print("locked", flush=True)
sys.stdin.readline()
lock.release()
print("released", flush=True)
sys.stdin.readline()
"""


def hold(python: Any, folder: pathlib.Path, name: str) -> Any:
    process = python(HOLD, folder, name)
    assert process.stdout.readline() == "locked\n"
    return process


@pytest.mark.parametrize("name", ["app", "../a/b é %", "n" * 400])
def test_the_error_says_who_holds_it(folder: pathlib.Path, python: Any, name: str) -> None:
    holder = hold(python, folder, name)
    database = open_database(folder)
    with pytest.raises(AppLockedError) as caught:
        database.lock_app(name)
    error = caught.value
    assert (error.app, error.pid, error.host) == (name, holder.pid, socket.gethostname())
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(error.since or "")
    assert datetime.timedelta(seconds=-2) < age < datetime.timedelta(minutes=5)
    assert pathlib.Path(error.path).parent == folder / "locks" and error.path in str(error)
    assert f"process {holder.pid} on" in str(error) and "wait until" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    database.lock_app("another").release()
    database.close()


def test_released_and_killed_holders_let_others_in(folder: pathlib.Path, python: Any) -> None:
    database = open_database(folder)
    holder = hold(python, folder, "a")
    print(file=holder.stdin, flush=True)
    assert holder.stdout.readline() == "released\n"
    database.lock_app("a").release()
    holder = hold(python, folder, "a")
    holder.kill()
    holder.wait()
    with database.lock_app("a"), pytest.raises(AppLockedError, match=f"process {os.getpid()} "):
        database.lock_app("a")
    database.close()


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"[1]", json.dumps({"pid": 1, "host": "h", "since": "s"}).encode()]
)
def test_a_file_that_was_left_behind_locks_nobody_out(folder: pathlib.Path, content: bytes) -> None:
    database = open_database(folder)
    database.lock_app("a").release()
    (file,) = (folder / "locks").iterdir()
    file.write_bytes(content)
    database.lock_app("a").release()
    with database.lock_app("a"), pytest.raises(AppLockedError) as caught:
        file.write_bytes(content)
        database.lock_app("a")
    assert caught.value.pid == (1 if b"pid" in content else None)
    database.close()


def test_a_live_update_is_called_that(folder: pathlib.Path) -> None:
    database = open_database(folder)
    with database.lock_app("a", live=True), pytest.raises(AppLockedError, match="updated live by process") as caught:
        database.lock_app("a")
    assert caught.value.live and pickle.loads(pickle.dumps(caught.value)).live
    assert "stop that process" in str(caught.value)
    database.close()


def test_a_reader_sees_who_has_it_and_whether_anybody_has(folder: pathlib.Path, python: Any) -> None:
    open_database(folder).close()
    reader = open_database(folder, readonly=True)
    assert reader.lock_holder("a") is None
    writer = open_database(folder)
    with writer.lock_app("a", live=True):
        holder = reader.lock_holder("a")
        assert holder is not None
        assert (holder.pid, holder.host, holder.live) == (os.getpid(), socket.gethostname(), True)
        assert reader.lock_holder("b") is None
    assert reader.lock_holder("a") is None
    process = hold(python, folder, "a")
    process.kill()
    process.wait()
    assert reader.lock_holder("a") is None
    reader.close()
    writer.close()


@pytest.mark.skipif(sys.platform == "win32", reason="files are locked in another way there")
def test_whoever_only_looks_locks_nobody_out(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    database = open_database(folder)
    database.lock_app("a").release()
    (path,) = (folder / "locks").iterdir()
    with path.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert database.lock_holder("a") is None
        monkeypatch.setattr("time.sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
        database.lock_app("a").release()
    database.close()


LOCK_AND_FORK = """
import os, sys
from cocoindex._store import open_database
lock = open_database(sys.argv[1]).lock_app("a")
if not os.fork():
    print(os.getppid(), flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_does_not_keep_the_lock_of_a_killed_parent(folder: pathlib.Path, python: Any) -> None:
    parent = python(LOCK_AND_FORK, folder)
    assert int(parent.stdout.readline()) == parent.pid
    database = open_database(folder)
    with pytest.raises(AppLockedError, match=f"process {parent.pid} "):
        database.lock_app("a")
    parent.kill()
    parent.wait()
    database.lock_app("a").release()
    database.close()


def test_a_lock_file_that_cannot_be_made(folder: pathlib.Path) -> None:
    database = open_database(folder)
    (folder / "locks").touch()
    with pytest.raises(StoreOpenError, match=f"cannot lock the file {folder}"):
        database.lock_app("a")
    database.close()


FULL = """
import resource, sys
from cocoindex._store import open_database
from cocoindex.errors import StoreFullError
database = open_database(sys.argv[1])
database.open_app("a")
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
try:
    database.lock_app("a")
except StoreFullError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
database.lock_app("a").release()
print("locked")
"""


def test_a_full_disk_is_called_that(folder: pathlib.Path, python: Any) -> None:
    pytest.importorskip("resource", reason="file sizes cannot be limited here")
    output = python(FULL, folder).communicate()[0].splitlines()
    assert f"cannot write the database {folder}, its disk is full" in output[0] and output[1:] == ["locked"]
