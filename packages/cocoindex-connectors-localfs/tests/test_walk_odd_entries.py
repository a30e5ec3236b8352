"""Links, pipes, odd names and vanished entries do not disturb a walk."""

import asyncio
import os
import socket
from pathlib import Path, PurePath

import pytest

from cocoindex.connectors import localfs


def keys(path: Path) -> list[str]:
    return sorted(key for key, _ in localfs.walk_dir(path, recursive=True).items())


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/a").touch()
    (tmp_path / "file").symlink_to("d/a")
    (tmp_path / "dir").symlink_to("d")
    (tmp_path / "d/e/up").symlink_to("../..")
    (tmp_path / "d/self").symlink_to(".")
    assert keys(tmp_path) == ["d/a", "dir/a", "file"]


def test_links_that_lead_nowhere_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "through").symlink_to("a/file")
    assert keys(tmp_path) == ["a"]


def test_pipes_and_sockets_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").touch()
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert keys(tmp_path) == ["a"]


ODD = [
    "with space",
    "quote\"'`",
    "line\nbreak",
    "tab\t",
    "emoji 🎉",
    "é",
    "é",
    "back\\slash",
    "-rf",
    "*?[a]{b}",
    "x" * 255,
    "é" * 127,
    "con:",
    " ",
    "...",
]


@pytest.mark.parametrize("name", ODD)
def test_odd_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / name).write_text("text")
    ((key, file),) = localfs.walk_dir(tmp_path, recursive=True).items()
    assert key == f"{name}/{name}"
    assert file.file_path.name == name
    assert asyncio.run(file.read_text()) == "text"


def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/und\xff.bin"
    try:
        with open(path, "w") as made:
            made.write("text")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    ((key, file),) = localfs.walk_dir(tmp_path).items()
    assert os.fsencode(key) == b"und\xff.bin"
    assert asyncio.run(file.read_text()) == "text"


class Removing:
    """A matcher under whose hands everything that it lets pass vanishes."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.names = names

    def is_dir_included(self, path: PurePath) -> bool:
        if path.name in self.names:
            (self.folder / path).rmdir()
        return True

    def is_file_included(self, path: PurePath) -> bool:
        if path.name in self.names:
            (self.folder / path).unlink()
        return True


def test_what_vanishes_while_it_is_walked_is_passed_over(tmp_path: Path) -> None:
    for name in ["gone", "kept", "d/gone", "d/kept"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "no dir").mkdir()
    matcher = Removing(tmp_path, "gone", "no dir")
    found = [key for key, _ in localfs.walk_dir(tmp_path, recursive=True, path_matcher=matcher).items()]
    assert sorted(found) == ["d/kept", "kept"]
