"""After changes of all kinds, in any order, a target of the engine holds exactly the files that a walk finds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.testing import RecordingTarget

from .recorder import PATIENCE, in_loop
from .test_random_changes import Changing, there


@pytest.mark.parametrize("seed", range(6))
@in_loop
async def test_random_changes_reach_the_target(tmp_path: Path, seed: int) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    target = RecordingTarget()

    @coco.fn(memo=True)
    async def keep(file: localfs.File) -> None:
        try:
            text = await file.read_text()
        except OSError:  # it is gone, which is told later
            return
        target.declare(file.file_path.path.relative_to(folder).as_posix(), text)

    async def main() -> None:
        files = localfs.walk_dir(folder, live=True, recursive=True).items()
        await coco.mount_each(keep, files)

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    handle = coco.App(coco.AppConfig("app", environment=environment), main).update(live=True)
    update = asyncio.ensure_future(handle.result())

    async def agree(expected: dict[str, str]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                async for _ in handle.watch():
                    if target.data == expected:
                        return
        except TimeoutError:
            raise AssertionError(f"{target.data} is not {expected}") from None

    changing = Changing(folder, outside, seed)
    try:
        for _ in range(6):
            for _ in range(changing.random.randint(1, 40)):
                changing.change()
                if changing.random.random() < 0.3:
                    await asyncio.sleep(0)
            await agree(there(folder))
    finally:
        update.cancel()
        await asyncio.wait([update])
