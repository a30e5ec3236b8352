"""An update or drop whose store's folder is removed or replaced meanwhile says so, whatever it had to do."""

from __future__ import annotations

import asyncio
import pathlib
import shutil
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import StoreOpenError
from cocoindex.testing import RecordingTarget


def removed(folder: pathlib.Path) -> None:
    shutil.rmtree(folder)


def moved(folder: pathlib.Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def replaced(folder: pathlib.Path) -> None:
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    shutil.rmtree(folder)
    copy.rename(folder)


@pytest.mark.parametrize("happens", [removed, moved, replaced])
@pytest.mark.parametrize("changes", [True, False])
def test_an_update_says_so(tmp_path: pathlib.Path, happens: Callable[[pathlib.Path], None], changes: bool) -> None:
    folder, target = tmp_path / "store", RecordingTarget("T")
    value, strikes = 1, False

    @coco.fn
    async def main() -> None:
        target.declare("key", value)
        if strikes:
            happens(folder)

    async def go() -> None:
        nonlocal value, strikes
        environment = coco.Environment(coco.Settings(db_path=folder))
        app = coco.App(coco.AppConfig("A", environment=environment), main)
        await app.update()
        strikes = True
        value += changes
        with pytest.raises(StoreOpenError, match=r"store were removed or replaced while it was open"):
            await app.update()
        environment.close()

    asyncio.run(go())


class Watched(dict[Any, Any]):
    """What a target holds; its folder goes when something is removed from it."""

    folder: pathlib.Path

    def pop(self, *args: Any) -> Any:
        removed(self.folder)
        return super().pop(*args)


def test_a_drop_says_so(tmp_path: pathlib.Path) -> None:
    data = Watched()
    data.folder = tmp_path / "store"
    target = RecordingTarget("T", data)

    @coco.fn
    async def main() -> None:
        target.declare("key", 1)

    async def go() -> None:
        environment = coco.Environment(coco.Settings(db_path=data.folder))
        app = coco.App(coco.AppConfig("A", environment=environment), main)
        await app.update()
        with pytest.raises(StoreOpenError, match=r"store were removed or replaced while it was open"):
            await app.drop()
        environment.close()

    asyncio.run(go())
    assert not data
