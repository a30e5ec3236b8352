"""Nobody else reads a store's files, and a link in their place is not followed."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from cocoindex._store import database_exists, open_database
from cocoindex.errors import StoreOpenError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="files have no such permissions here")


def mode(path: pathlib.Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_they_are_for_their_owner_only(folder: pathlib.Path) -> None:
    with closing(open_database(folder)) as database, database.lock_app("a"):
        assert {mode(folder), mode(folder / "locks")} == {0o700}
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert len(files) == 3 and {mode(file) for file in files} == {0o600}


def test_a_folder_that_was_there_keeps_its_permissions(folder: pathlib.Path) -> None:
    folder.mkdir(mode=0o750)
    with closing(open_database(folder)):
        assert mode(folder) == 0o750


@pytest.mark.parametrize("kind", ["link", "hard link", "dangling link", "linked folder", "fifo"])
def test_a_link_in_place_of_the_lock_of_an_app(folder: pathlib.Path, tmp_path: pathlib.Path, kind: str) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("precious")
    with closing(open_database(folder)) as database:
        database.lock_app("a").release()
        (lock,) = (folder / "locks").iterdir()
        lock.unlink()
        if kind == "link":
            lock.symlink_to(theirs / "file")
        elif kind == "hard link":
            lock.hardlink_to(theirs / "file")
        elif kind == "dangling link":
            lock.symlink_to(theirs / "new")
        elif kind == "fifo":
            os.mkfifo(lock)
        else:
            lock.parent.rmdir()
            lock.parent.symlink_to(theirs)
            (theirs / "file").rename(theirs / lock.name)
        with pytest.raises(StoreOpenError, match="link"):
            database.lock_app("a")
    assert [file.read_text() for file in theirs.iterdir()] == ["precious"]


@pytest.mark.parametrize("readonly", [False, True])
def test_a_link_in_place_of_the_lock_of_the_database(
    folder: pathlib.Path, tmp_path: pathlib.Path, readonly: bool
) -> None:
    open_database(folder).close()
    theirs = tmp_path / "theirs"
    theirs.write_text("precious")
    (folder / "lock.mdb").unlink()
    (folder / "lock.mdb").symlink_to(theirs)
    with pytest.raises(StoreOpenError, match=r"lock\.mdb is a link"):
        open_database(folder, readonly=readonly)
    assert theirs.read_text() == "precious"


LOOK = """
import os, sys
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
"""

TELL = """
try:
    if sys.argv[2] == "exists":
        print(database_exists(sys.argv[1]))
    else:
        open_database(sys.argv[1], readonly=sys.argv[2] == "read")
except StoreOpenError as error:
    print(error)
"""


@pytest.mark.parametrize("how", ["exists", "read", "write"])
def test_a_folder_that_may_not_be_looked_into_is_not_called_empty(folder: pathlib.Path, how: str) -> None:
    inner = folder / "inner"
    with closing(open_database(inner)) as database:
        database.open_app("a")
    folder.chmod(0)
    # What it imports is imported before it gives up its rights.
    program = "from cocoindex._store import database_exists, open_database\nfrom cocoindex.errors import StoreOpenError"
    run = subprocess.run([sys.executable, "-c", program + LOOK + TELL, inner, how], capture_output=True, text=True)
    folder.chmod(0o700)
    assert "Permission denied" in run.stdout and "permissions" in run.stdout and str(inner) in run.stdout, run
    assert "no database" not in run.stdout and database_exists(inner)
