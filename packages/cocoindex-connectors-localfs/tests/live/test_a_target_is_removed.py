"""A directory target that is removed while a live update runs is made anew, with all that was in it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .recorder import in_loop
from .test_live_updates import Copying, copying

__all__ = ["copying"]


def _remove(output: Path) -> None:
    shutil.rmtree(output)


def _move_away(output: Path) -> None:
    output.rename(output.with_name("elsewhere"))


def _replace(output: Path) -> None:
    shutil.rmtree(output)
    output.mkdir()


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("act", [_remove, _move_away, _replace])
@in_loop
async def test_all_is_there_again(
    copying: Copying, act: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    async with copying.updated() as running:
        await running.until_copied()
        act(copying.output)
        (copying.source / "a").write_text("2")
        await running.until_copied()
        (copying.source / "new").write_text("3")
        await running.until_copied()
        (copying.source / "b").unlink()
        await running.until_copied()
    assert copying.failures == []
    assert len(warnings(caplog)) == 1 and "no longer exists, or was replaced by another one" in warnings(caplog)[0]


@in_loop
async def test_a_file_in_its_place(copying: Copying) -> None:
    async with copying.updated() as running:
        await running.until_copied()
        shutil.rmtree(copying.output)
        copying.output.write_text("a file")
        (copying.source / "a").write_text("2")
        await running.until(lambda: copying.failures)
        copying.output.unlink()
        (copying.source / "new").write_text("3")
        await running.until_copied()
    assert all("has that name; remove it" in text for text in copying.failures)
