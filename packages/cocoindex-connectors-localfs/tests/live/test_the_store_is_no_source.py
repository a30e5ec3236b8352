"""The app's own store is left out of a walk of the folder that it lies in: each update writes there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

from .recorder import PATIENCE, in_loop

SOURCE = coco.ContextKey[Path]("source")
ran: list[str] = []
news = asyncio.Event()


@coco.fn(memo=True)
async def read(file: localfs.File) -> None:
    ran.append(file.file_path.as_posix())
    news.set()


def app_in(folder: Path, store: Path, live: bool = False) -> coco.App[Any, Any]:
    async def main() -> None:
        await coco.mount_each(read, localfs.walk_dir(SOURCE, recursive=True, live=live).items())

    context = coco.ContextProvider()
    context.provide(SOURCE, folder)
    environment = coco.Environment(coco.Settings(db_path=store), context_provider=context)
    return coco.App(coco.AppConfig("app", environment=environment), coco.fn(main))


@pytest.mark.parametrize("store", ["store.db", "below/store"])
def test_it_is_left_out(tmp_path: Path, store: str) -> None:
    ran.clear()
    (tmp_path / "notes" / "below").mkdir(parents=True)
    (tmp_path / "notes" / "below" / "a.txt").write_text("a")
    (tmp_path / "notes" / "store.db.txt").write_text("b")
    app = app_in(tmp_path / "notes", tmp_path / "notes" / store)
    app.update_blocking()
    assert not [name for name in ran if "mdb" in name or "lock" in name]
    assert {"below/a.txt", "store.db.txt"} <= set(ran)


@in_loop
async def test_a_live_update_does_not_see_what_it_writes(tmp_path: Path) -> None:
    ran.clear()
    (tmp_path / "a.txt").write_text("a")
    update = asyncio.ensure_future(app_in(tmp_path, tmp_path / "store", live=True).update(live=True).result())
    async with asyncio.timeout(PATIENCE):
        for name in ("a.txt", "b.txt", "c.txt"):  # by the third, the first has been committed
            (tmp_path / name).write_text(name)
            while name not in ran:
                news.clear()
                await news.wait()
    update.cancel()
    with suppress(asyncio.CancelledError):
        await update
    assert set(ran) == {"a.txt", "b.txt", "c.txt"}


def test_a_source_in_the_store_is_read(tmp_path: Path) -> None:
    ran.clear()
    (tmp_path / "store" / "notes").mkdir(parents=True)
    (tmp_path / "store" / "notes" / "a.txt").write_text("a")
    app_in(tmp_path / "store" / "notes", tmp_path / "store").update_blocking()
    assert ran == ["a.txt"]
