"""In the log a failure of files has the line of the user's program that it comes from, and no frame of this package."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs


def update(folder: Path, body: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("child"), body)

    with contextlib.closing(coco.Environment(coco.Settings(db_path=folder / "store"))) as environment:
        coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()


def frames(text: str) -> list[str]:
    """The functions of the traceback, outermost first."""
    return [line.rpartition(" in ")[2] for line in text.splitlines() if 'File "' in line]


def test_what_a_target_refuses_is_one_line(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    @coco.fn
    async def body() -> None:
        localfs.declare_file(tmp_path / "missing" / "a.txt", "text")

    update(tmp_path, body)
    (record,) = caplog.records
    assert str(tmp_path / "missing" / "a.txt") in record.getMessage()
    assert frames(caplog.text) == [] and "Traceback" not in caplog.text


def test_of_what_cannot_be_read_the_line_that_reads_it_is_there(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    @coco.fn
    async def body() -> None:
        async for _ in localfs.walk_dir(tmp_path / "missing"):
            pass

    update(tmp_path, body)
    assert frames(caplog.text) == ["body"]
    assert "direct cause" not in caplog.text and str(tmp_path / "missing") in caplog.text
