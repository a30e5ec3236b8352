"""What changes in a directory after a walk has found it, and before it is watched, is noticed.

A new link is looked at only after a while, so that a walk in between finds a directory that is not watched yet.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cocoindex.connectors import localfs

from .recorder import Recorder, in_loop, watching


class Changing(Recorder):
    """Makes a link to a directory before all is walked, and changes what is in it right after.

    Attributes:
        change: what is done then.
    """

    change: Callable[[Path], None]

    async def update_all(self) -> None:
        if self.is_ready:
            await super().update_all()
            return
        folder: Path = self.items.path.resolve()
        (folder / "link").symlink_to("../outside")
        await super().update_all()
        assert self.files == {"link/d/a": "1", "link/d/b": "1"}
        self.change(folder.parent / "outside/d")


def made_again(made: Path) -> None:
    shutil.rmtree(made)
    made.mkdir()


def moved(made: Path) -> None:
    made.rename(made.with_name("f"))


CHANGES: dict[str, Callable[[Path], None]] = {
    "a file is removed": lambda made: (made / "a").unlink(),
    "it is removed": shutil.rmtree,
    "the one above is removed": lambda made: shutil.rmtree(made.parent),
    "it is moved": moved,
    "the one above is moved": lambda made: moved(made.parent),
    "another one is made": made_again,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@in_loop
async def test_a_directory_that_a_new_link_leads_to(tmp_path: Path, change: Callable[[Path], None]) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    (outside / "d").mkdir(parents=True)
    for name in ("a", "b"):
        (outside / "d" / name).write_text("1")
    recorder = type("ChangingSo", (Changing,), {"change": staticmethod(change)})
    async with watching(folder, recorder=recorder) as seen:
        there = {key for key, _ in localfs.walk_dir(folder, recursive=True).items()}
        await seen.until(lambda: seen.files.keys() == there)
