"""A component whose argument answers asynchronously for its memo state asks it once, and awaits that answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import cocoindex as coco

asked: list[object] = []


class Source:
    """What a component is given; its state never changes."""

    def __coco_memo_key__(self) -> object:
        return "source"

    async def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
        asked.append(prev)
        await asyncio.sleep(0)
        return coco.MemoStateOutcome(state=1, memo_valid=prev == 1)


@coco.fn(memo=True)
async def child(source: Source) -> None: ...


@coco.fn
async def main() -> None:
    await coco.mount(coco.component_subpath("child"), child, Source())


def test_a_mounted_component(tmp_path: Path) -> None:
    asked.clear()
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    try:
        app = coco.App(coco.AppConfig("app", environment=environment), main)
        for _ in range(2):
            app.update_blocking()
    finally:
        environment.close()
    assert [coco.is_non_existence(prev) for prev in asked] == [True, False]
