"""A store that cannot be read is one error of the store, whoever reads: no component is blamed for it."""

from __future__ import annotations

import logging
import pathlib

import pytest

import cocoindex as coco
from cocoindex.errors import StoreCorruptedError
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
