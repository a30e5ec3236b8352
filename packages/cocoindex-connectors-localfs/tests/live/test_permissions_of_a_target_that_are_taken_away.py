"""A target in which nothing may be written is told of, and tried again until something may."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .recorder import in_loop
from .test_live_updates import Copying
from .unprivileged import a_folder, give_away, without_privileges

pytestmark = pytest.mark.skipif(os.name == "nt", reason="permissions are those of POSIX")

WRITE = "this process has no permission to write there; grant it, or declare another path"
READ = "this process may not read the directory, and so cannot flush what it wrote to the disk"


@pytest.fixture
def copying() -> Iterator[Copying]:
    with a_folder() as folder:
        (folder / "source/d").mkdir(parents=True)
        for name in ("a", "b", "d/c"):
            (folder / "source" / name).write_text("1")
        (folder / "above").mkdir()
        copying = Copying(folder)
        copying.output = folder / "above/output"
        yield copying


@pytest.mark.parametrize(
    ("closed", "mode", "told"),
    [
        ("above/output", 0o500, WRITE),
        ("above/output", 0, WRITE),
        ("above/output", 0o300, READ),
        ("above/output/d", 0o500, WRITE),
        ("above", 0, WRITE),
    ],
)
@in_loop
async def test_all_is_there_once_they_are_back(copying: Copying, closed: str, mode: int, told: str) -> None:
    async with copying.updated() as running:
        await running.until_copied()
        give_away(copying.folder)
        with without_privileges():
            (copying.folder / closed).chmod(mode)
            (copying.source / "a").write_text("2")
            (copying.source / "d/c").write_text("2")
            (copying.source / "d/new").write_text("2")
            (copying.source / "b").unlink()
            await running.until(lambda: copying.failures)
            (copying.folder / closed).chmod(0o700)
            (copying.source / "late").write_text("3")
            await running.until_copied()
    assert copying.failures
    assert all(told in text for text in copying.failures)
