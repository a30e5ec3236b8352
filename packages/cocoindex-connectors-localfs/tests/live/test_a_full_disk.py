"""Where the disk of a target is full for a while, that is told, no file is half written, and all comes after it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from .recorder import in_loop
from .test_live_updates import Copying, copying

__all__ = ["copying"]

FILL = "fill"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a small file system is not permitted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@in_loop
async def test_all_is_copied_once_there_is_room(copying: Copying, disk: Path) -> None:
    copying.output = disk / "output"
    async with copying.updated() as running:
        await running.until_copied()
        with suppress(OSError), open(disk / FILL, "wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        for name in ("a", "new", "more"):
            (copying.source / name).write_text("2" * 20_000)
        await running.until(lambda: copying.failures)
        assert copying.files(copying.output)["a"] == "1"
        (disk / FILL).unlink()
        (copying.source / "b").unlink()
        (copying.source / "late").write_text("3")
        await running.until_copied()
        left = [name for _, _, names in os.walk(copying.output) for name in names if name.startswith(".")]
        assert left == []
    assert all("the disk is full" in text for text in copying.failures)
