"""What is no file, or is of a time that no calendar has, neither hangs nor ends an update."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.connectors.localfs import _read
from cocoindex.connectors.localfs.errors import FileTargetError, SourceFileKindError

from .applying import apply, file, tree


@pytest.fixture(params=["pipe", "pipe with a writer", "socket", "device", "directory"])
def odd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Something with the name of a file."""
    path = tmp_path / "a"
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with ExitStack() as stack:
        if request.param.startswith("pipe"):
            os.mkfifo(path)
            if "writer" in request.param:
                stack.callback(os.close, os.open(path, os.O_RDWR))
        elif request.param == "socket":
            stack.enter_context(socket.socket(socket.AF_UNIX)).bind("a")
        elif request.param == "device":
            path.symlink_to("/dev/zero")
        else:
            path.mkdir()
        yield path


READS: list[Callable[[localfs.File], Any]] = [
    lambda file: file.read(),
    lambda file: file.read(10),
    lambda file: file.read_text(),
    lambda file: file.content_fingerprint(),
    lambda file: file.__coco_memo_state__(coco.NON_EXISTENCE),
]


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("read", READS)
def test_it_is_not_read(
    odd: Path, read: Callable[[localfs.File], Any], cached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not cached:
        monkeypatch.setattr(_read, "_NO_WAIT", 0)

    async def ask() -> None:
        await read(localfs.File(odd))

    with pytest.raises(SourceFileKindError, match="not a regular file"):
        asyncio.run(ask())


def test_it_takes_the_place_of_a_file_that_was_walked(odd: Path) -> None:
    odd.rename(odd.with_name("odd")) if not odd.is_symlink() else odd.unlink()
    odd.write_text("text")
    (walked,) = [file for file in localfs.walk_dir(odd.parent) if file.file_path.name == "a"]
    odd.unlink()
    other = odd.with_name("odd")
    other.rename(odd) if other.exists() else odd.symlink_to("/dev/zero")
    with pytest.raises(SourceFileKindError):
        asyncio.run(walked.read())


def test_no_target_takes_its_place(odd: Path) -> None:
    if odd.is_symlink() or odd.is_dir():
        pytest.skip("links and directories are looked at elsewhere")
    with pytest.raises(FileTargetError, match="remove it"):
        apply(file(odd.parent, "a"))
    assert odd.exists()


@pytest.mark.parametrize("seconds", [2**35, -(2**33), 253_402_300_800])
def test_a_time_that_no_calendar_has(tmp_path: Path, seconds: int) -> None:
    path = tmp_path / "a"
    path.write_text("text")
    try:
        os.utime(path, (seconds, seconds))
    except OverflowError:
        pytest.skip("this file system does not take it")
    (walked,) = localfs.walk_dir(tmp_path)

    async def ask() -> None:
        assert await walked.size() == 4
        first = await walked.__coco_memo_state__(coco.NON_EXISTENCE)
        assert (await localfs.File(path).__coco_memo_state__(first.state)).memo_valid
        path.write_text("another text")
        os.utime(path, (seconds + 1, seconds + 1))
        assert not (await localfs.File(path).__coco_memo_state__(first.state)).memo_valid

    asyncio.run(ask())


@pytest.mark.parametrize(
    "name", ["x" * 255, "\u00e9" * 127, "line\nbreak", "\U0001f389", "und\udcff", " ", "-rf", "...", "a" * 100 + "\n"]
)
def test_odd_names_come_and_go(tmp_path: Path, name: str) -> None:
    apply(file(tmp_path, f"{name}/{name}", parents=True))
    assert tree(tmp_path) == {name: "/", f"{name}/{name}": "new"}
    action = file(tmp_path, f"{name}/{name}", b"new", was="file")
    apply(action._replace(spec=None, known=action.known._replace(ours=(coco_record(b"new"),))))
    assert tree(tmp_path) == {}


def coco_record(content: bytes) -> bytes:
    from cocoindex.connectors.localfs._record import written

    return written(content)
