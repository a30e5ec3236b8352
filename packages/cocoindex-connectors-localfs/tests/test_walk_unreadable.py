"""What must not be read is reported after everything else was yielded, or fails for itself alone."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = """
import asyncio, os, sys, tempfile
from cocoindex.connectors import localfs
from cocoindex.resources.file import PatternFilePathMatcher
async def read_one():
    with tempfile.TemporaryDirectory() as folder:
        open(folder + "/file", "w").close()
        async for _, file in localfs.walk_dir(folder).items():
            await file.read_text()
if os.getuid() == 0:
    asyncio.run(read_one())  # what is imported at the first use may lie where only this user may read
    os.setuid(65534)
excluded = PatternFilePathMatcher(None, sys.argv[2:])
async def main():
    try:
        async for key, file in localfs.walk_dir(sys.argv[1], recursive=True, path_matcher=excluded).items():
            try:
                print(key, await file.read_text())
            except Exception as error:
                print(key, type(error).__name__, "exclude the file" in str(error))
    except Exception as error:
        print(type(error).__name__, error)
asyncio.run(main())
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not below pytest's own folder: each pytest that starts closes that to other users, also while this one runs.
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in ["a", "closed/b", "listed/c", "z/d", "secret"]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("text")
    (folder / "link").symlink_to("closed/b")
    (folder / "secret").chmod(0)
    (folder / "closed").chmod(0)
    (folder / "listed").chmod(0o444)
    yield folder
    for closed in ("closed", "listed"):
        (folder / closed).chmod(0o700)
    shutil.rmtree(folder)


def walked(*arguments: object) -> list[str]:
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_everything_else_is_yielded_first(folder: Path) -> None:
    *files, error = walked(folder)
    assert sorted(files) == [
        "a text",
        "listed/c SourceFileUnreadableError True",
        "secret SourceFileUnreadableError True",
        "z/d text",
    ]
    assert error.startswith("UnreadableDirectoryError")
    assert "'closed/'" in error and "'link'" in error and str(folder) in error


def test_what_is_excluded_is_not_missed(folder: Path) -> None:
    assert sorted(walked(folder, "closed", "listed", "link", "secret")) == ["a text", "z/d text"]


def test_an_unreadable_root_is_an_error(folder: Path) -> None:
    (error,) = walked(folder / "closed")
    assert error.startswith("UnreadableDirectoryError")
