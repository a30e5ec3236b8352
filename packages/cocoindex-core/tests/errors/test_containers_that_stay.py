"""A container that cannot be removed is told once, with its error; what is in it fails by the same."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import DropError
from cocoindex.testing import RecordingContainers


@coco.fn
async def row_of(table: Any, key: str) -> None:
    coco.declare_target_state(table.target_state(key, 1))


def app_of(make_app: Any, tables: RecordingContainers, wanted: list[str]) -> Any:
    @coco.fn
    async def main() -> None:
        if wanted:
            table = await coco.mount_target(tables.table("t"))
            for key in wanted:
                await coco.mount(coco.component_subpath(key), row_of, table, key)

    return make_app(main)


def test_in_an_update(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    tables, wanted = RecordingContainers(), ["a", "b", "c"]
    app = app_of(make_app, tables, wanted)
    app.update_blocking()
    tables.fail_keys = {"t"}
    wanted.clear()
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            caplog.clear()
            app.update_blocking()
            assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == [
                "the recording target was told to fail for ['t']"
            ]
    tables.fail_keys = set()
    caplog.clear()
    app.update_blocking()
    assert tables.tables == {}
    assert caplog.records == []
    app.update_blocking()


def test_in_a_drop(make_app: Any) -> None:
    tables = RecordingContainers()
    app = app_of(make_app, tables, ["a", "b", "c"])
    app.update_blocking()
    tables.fail_keys = {"t"}
    with pytest.raises(DropError) as raised:
        app.drop_blocking()
    assert str(raised.value).count("told to fail") == 1
    assert "was not declared" not in str(raised.value)
    assert "; and 3 more" in str(raised.value)
    assert isinstance(raised.value.__cause__, RuntimeError)
    tables.fail_keys = set()
    app.drop_blocking()
    assert tables.tables == {}
