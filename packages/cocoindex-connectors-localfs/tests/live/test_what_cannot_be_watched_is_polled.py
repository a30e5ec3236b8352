"""Where a limit is reached, or a file system tells nothing, directories are polled, and that is said once."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from cocoindex.connectors.localfs._watch import inotify, polls, scout
from cocoindex.connectors.localfs._watch.hub import HUB

from .recorder import Recorder, in_loop, watching


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "INTERVAL", 0.01)


def said(seen: Recorder, text: str) -> int:
    return sum("polled" in note and text in note for note in seen.notes)


async def changes_are_found(folder: Path, seen: Recorder) -> None:
    (folder / "d/b").write_text("1")
    await seen.until(lambda: "d/b" in seen.files)
    (folder / "d/b").write_text("12")
    await seen.until(lambda: seen.files["d/b"] == "12")
    (folder / "d/e").mkdir()
    (folder / "d/e/c").write_text("1")
    await seen.until(lambda: "d/e/c" in seen.files)
    (folder / "d/e").rename(folder / "d/f")
    await seen.until(lambda: "d/e/c" not in seen.files and "d/f/c" in seen.files)
    (folder / "d/b").unlink()
    shutil.rmtree(folder / "d/f")
    await seen.until(lambda: not {"d/b", "d/f/c"} & seen.files.keys())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("d", "e", "f"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("1")
    return tmp_path


def fail_below(monkeypatch: pytest.MonkeyPatch, number: int, *names: str) -> None:
    add = inotify.Inotify.add

    def failing(self: inotify.Inotify, path: str, mask: int) -> int:
        if path.rstrip("/").endswith(names):
            raise OSError(number, os.strerror(number), path)
        return add(self, path, mask)

    monkeypatch.setattr(inotify.Inotify, "add", failing)


@in_loop
async def test_no_watches_are_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_below(monkeypatch, errno.ENOSPC, "/d", "/e", "/g")
    async with watching(folder) as seen:
        assert HUB.size() == 2
        await changes_are_found(folder, seen)
        (folder / "f/b").write_text("1")
        (folder / "g").mkdir()
        (folder / "g/a").write_text("1")
        await seen.until(lambda: {"f/b", "g/a"} <= seen.files.keys())
        assert said(seen, "max_user_watches") == 1
        (folder / "g").rename(folder.parent / f"{folder.name}-g")
        await seen.until(lambda: "g/a" not in seen.files)


@in_loop
async def test_no_watches_are_left_for_what_a_link_leads_to(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = folder.with_name(f"{folder.name}-outside")
    outside.mkdir()
    (outside / "a").write_text("1")
    (folder / "d/link").symlink_to(outside / "a")
    fail_below(monkeypatch, errno.ENOSPC, "-outside")
    async with watching(folder) as seen:
        (outside / "a").write_text("12")
        await seen.until(lambda: seen.files["d/link"] == "12")
        (folder / "e/link").symlink_to(outside / "a")
        await seen.until(lambda: seen.files.get("e/link") == "12")
        (outside / "a").write_text("123")
        await seen.until(lambda: seen.files["e/link"] == seen.files["d/link"] == "123")
        assert said(seen, "max_user_watches") == 1


@in_loop
async def test_no_instances_are_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: inotify.Inotify) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(inotify.Inotify, "__init__", failing)
    async with watching(folder) as seen:
        await changes_are_found(folder, seen)
        assert said(seen, "max_user_instances") == 1
        folder.rename(folder.with_name(f"{folder.name}-other"))
        await seen.until(lambda: any("missing" in note for note in seen.notes))
        folder.with_name(f"{folder.name}-other").rename(folder)
        await seen.until(lambda: any("back" in note for note in seen.notes))
        await changes_are_found(folder, seen)


@in_loop
async def test_a_file_system_that_tells_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scout, "silent_kind", lambda path: "nfs")
    async with watching(folder) as seen:
        assert HUB.size() == 0
        await changes_are_found(folder, seen)
        assert said(seen, "nfs") == 1
