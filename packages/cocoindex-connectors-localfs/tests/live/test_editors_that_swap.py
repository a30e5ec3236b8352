"""The ways in which editors save: the file is told with its new content, and not as removed in between."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cocoindex.resources.file import PatternFilePathMatcher

from .recorder import Recorder, in_loop, watching

NOTES = PatternFilePathMatcher(["**/*.md"])


@pytest.fixture
def note(tmp_path: Path) -> Path:
    note = tmp_path / "note.md"
    note.write_text("old")
    return note


async def saved(seen: Recorder) -> None:
    await seen.until_files(**{"note.md": "new"})
    assert not seen.made("delete", "note.md")
    assert seen.made("walk") == 1


@in_loop
async def test_a_new_file_in_the_place(note: Path) -> None:
    async with watching(note.parent, path_matcher=NOTES) as seen:
        other = note.with_name(".note.md.tmp")
        other.write_text("new")
        os.replace(other, note)
        await saved(seen)


@in_loop
async def test_the_old_one_is_moved_away_first(note: Path) -> None:
    """As vim does with `backupcopy=no`."""
    async with watching(note.parent, path_matcher=NOTES) as seen:
        backup = note.with_name("note.md~")
        note.rename(backup)
        with open(note, "w") as file:
            file.write("new")
            file.flush()
            os.fsync(file.fileno())
        note.chmod(0o644)
        backup.unlink()
        await saved(seen)


@in_loop
async def test_the_old_one_is_copied_first(note: Path) -> None:
    """As vim does with `backupcopy=yes`."""
    async with watching(note.parent, path_matcher=NOTES) as seen:
        backup = note.with_name("note.md~")
        backup.write_text(note.read_text())
        note.write_text("new")
        backup.unlink()
        await saved(seen)


@in_loop
async def test_the_old_one_is_removed_first(note: Path) -> None:
    async with watching(note.parent, path_matcher=NOTES) as seen:
        note.unlink()
        note.write_text("new")
        await saved(seen)


@in_loop
async def test_a_lock_beside_it(note: Path) -> None:
    """As Emacs makes one: a link that leads nowhere."""
    async with watching(note.parent, path_matcher=NOTES) as seen:
        lock = note.with_name(".#note.md")
        lock.symlink_to("somebody@somewhere.1:2")
        note.write_text("new")
        lock.unlink()
        await saved(seen)
