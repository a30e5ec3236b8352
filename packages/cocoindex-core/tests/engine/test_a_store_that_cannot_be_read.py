"""A store that cannot be read is one error of the store, whoever reads: no component is blamed for it."""

from __future__ import annotations

import gc
import logging
import pathlib

import pytest

import cocoindex as coco
from cocoindex._store import lmdb_snapshot
from cocoindex._store.lmdb_environment import LmdbEnvironment
from cocoindex.errors import StoreCorruptedError, StoreError
from cocoindex.testing import RecordingTarget

PAGE = 4096
RESULT = "the result of a memoized call, by which its page is found"


@coco.fn(memo=True)
def call(number: int) -> str:
    return RESULT


def damage_pages_with(text: str, folder: pathlib.Path) -> None:
    """Have each page that holds `text` say that its rows end behind it."""
    data = bytearray((folder / "data.mdb").read_bytes())
    for start in range(2 * PAGE, len(data), PAGE):
        if text.encode() in data[start : start + PAGE]:
            data[start + 12 : start + 14] = b"\xff\xff"
    (folder / "data.mdb").write_bytes(data)


@pytest.mark.parametrize("in_threads", [True, False])
def test_a_body_that_meets_it_is_not_blamed(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, in_threads: bool
) -> None:
    target, value = RecordingTarget(), 1

    def sync_child(number: int) -> None:
        call(number)
        target.declare(number, value)

    async def async_child(number: int) -> None:
        sync_child(number)

    child = coco.fn(sync_child) if in_threads else coco.fn(async_child)

    @coco.fn
    async def main() -> None:
        for number in range(20):
            await coco.mount(coco.component_subpath(number), child, number)

    def update() -> None:
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        try:
            coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
        finally:
            environment.close()

    update()
    damage_pages_with(RESULT, tmp_path / "store")
    value = 2
    with caplog.at_level(logging.WARNING), pytest.raises(StoreCorruptedError, match=str(tmp_path / "store")):
        update()
    assert [record.message for record in caplog.records] == []


@pytest.mark.parametrize("error", [SystemError("getmulti returned NULL"), MemoryError()])
def test_errors_of_the_python_side_of_lmdb(
    env: coco.Environment, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    target = RecordingTarget()

    def fail(key: bytes) -> int:
        raise error

    breaks = True

    @coco.fn
    async def child(number: int) -> None:
        target.declare(number, number)
        if breaks and number == 1:
            monkeypatch.setattr(lmdb_snapshot, "partition_of", fail)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(number, number) for number in range(3)])

    app = coco.App(coco.AppConfig("app", environment=env), main)
    with caplog.at_level(logging.WARNING), pytest.raises(StoreError):
        app.update_blocking()
    assert [record.message for record in caplog.records] == []
    monkeypatch.undo()
    breaks = False
    app.update_blocking()
    assert target.data == {0: 0, 1: 1, 2: 2}


def test_in_a_full_reprocess(
    env: coco.Environment, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreCorruptedError("no")

    @coco.fn
    async def child(number: int, breaks: bool) -> None:
        await coco.mount(_nothing)
        if breaks:
            monkeypatch.setattr(LmdbEnvironment, "read_app", refuse)
            raise ValueError("no")

    async def _nothing() -> None:
        pass

    breaks = False

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(number, number) for number in range(3)], breaks)

    app = coco.App(coco.AppConfig("app", environment=env), main)
    app.update_blocking()
    breaks = True
    with caplog.at_level(logging.WARNING), pytest.raises(StoreCorruptedError):
        app.update_blocking(full_reprocess=True)
    gc.collect()  # by which asyncio tells of tasks whose failure nobody has looked at
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []
