"""A file is remembered by the path as it is given, or by the name of a key: as the page says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

SOURCE = coco.ContextKey[Path]("which_path_source")
WAYS: list[tuple[Callable[[Path], Any], Callable[[Path], str]]] = [
    (lambda _: "notes", lambda _: "notes/one.txt"),
    (lambda _: Path("notes"), lambda _: "notes/one.txt"),
    (lambda here: here / "notes", lambda here: f"{here}/notes/one.txt"),
    (lambda _: localfs.FilePath("notes", base_dir=SOURCE), lambda _: "notes/one.txt"),
]


@pytest.mark.parametrize(("given", "remembered"), WAYS, ids=["text", "path", "absolute", "key"])
def test_what_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: Any, remembered: Callable[[Path], str]
) -> None:
    read: list[str] = []

    @coco.fn(memo=True)
    async def keep(file: localfs.File) -> None:
        read.append(str(file.file_path))

    @coco.fn
    async def main(path: Any) -> None:
        await coco.mount_each(keep, localfs.walk_dir(path).items())

    def update(here: Path) -> None:
        monkeypatch.chdir(here)
        context = coco.ContextProvider()
        context.provide(SOURCE, here)
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"), context_provider=context)
        coco.App(coco.AppConfig("app", environment=environment), main, given(here)).update_blocking()
        environment.close()

    first, second = tmp_path / "first", tmp_path / "second"
    (first / "notes").mkdir(parents=True)
    (first / "notes" / "one.txt").write_text("one")
    update(first)
    update(first)
    assert read == [remembered(first)]
    os.rename(first, second)
    update(second)
    assert read == list(dict.fromkeys([remembered(first), remembered(second)]))
