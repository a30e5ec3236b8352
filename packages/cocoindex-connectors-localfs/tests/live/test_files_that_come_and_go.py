"""A file that is gone again when it is read fails nothing: its removal follows."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from cocoindex.connectors import localfs

from .recorder import PATIENCE, in_loop
from .test_live_updates import Copying, copying

__all__ = ["copying"]

LARGE = 9 << 20  # of which no content is held, once it was compared


@in_loop
async def test_each_is_removed_before_it_is_read(copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    read = localfs.File.read
    removed: set[str] = set()
    all_are = asyncio.Event()  # nothing of it is counted, so that no snapshot comes

    async def read_too_late(file: localfs.File, *args: Any) -> bytes:
        if file.file_path.path.name.startswith("temporary"):
            removed.add(file.file_path.path.name)
            (copying.source / file.file_path.path).unlink(missing_ok=True)
            if len(removed) == 3:
                all_are.set()
        return await read(file, *args)

    monkeypatch.setattr(localfs.File, "read", read_too_late)
    async with copying.updated() as running:
        for number in range(3):
            (copying.source / f"temporary{number}").write_text("1" * LARGE)
        async with asyncio.timeout(PATIENCE):
            await all_are.wait()
        (copying.source / "last").write_text("1")
        await running.until_copied()
    assert copying.failures == []


@in_loop
async def test_many_at_random(copying: Copying) -> None:
    """As editors, compilers and downloads do: files of a moment, among others that stay."""
    chance = random.Random(1)

    def act(path: Path) -> None:
        path.write_text("1")
        if chance.random() < 0.5:
            path.rename(path.with_suffix(".done"))
        elif chance.random() < 0.9:
            path.unlink()

    async with copying.updated() as running:
        for round_ in range(20):
            for number in range(20):
                act(copying.source / f"{number}.part")
            (copying.source / "a").write_text(str(round_))
            await running.until(lambda: copying.files(copying.output).get("a") is not None)
        await running.until_copied()
    assert copying.failures == []
