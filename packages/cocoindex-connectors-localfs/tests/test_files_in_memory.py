"""A file of a file system in memory is read at once, as nobody has to wait for a disk there."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

SHARED_MEMORY = Path("/dev/shm")


def kind_of(path: Path) -> str:
    found = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False)
    return found.stdout.strip()


@pytest.fixture
def folder() -> Iterator[Path]:
    if not os.access(SHARED_MEMORY, os.W_OK) or kind_of(SHARED_MEMORY) != "tmpfs":
        pytest.skip("there is no file system in memory")
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as path:
        yield Path(path)


def test_its_memo_state_needs_no_waiting(folder: Path) -> None:
    (folder / "a").write_text("one")
    [file] = localfs.walk_dir(folder)
    first = file.__coco_memo_state__(coco.NON_EXISTENCE)
    assert isinstance(first, coco.MemoStateOutcome)
    (folder / "a").write_text("two, longer")
    [file] = localfs.walk_dir(folder)
    second = file.__coco_memo_state__(first.state)
    assert isinstance(second, coco.MemoStateOutcome) and not second.memo_valid


def test_a_file_that_is_another_by_then_is_looked_at_again(folder: Path) -> None:
    (folder / "a").write_text("one")
    [file] = localfs.walk_dir(folder)
    (folder / "a").unlink()
    (folder / "a").mkdir()
    with pytest.raises(coco.errors.CocoIndexError):
        file.__coco_memo_state__(coco.NON_EXISTENCE)
