"""Away from a terminal, a live update says when it is ready, and now and then what has changed: not each change."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time


@coco.fn
async def item(value: int) -> None: ...


class Feed:
    def __init__(self, pauses: list[float]) -> None:
        self.pauses = pauses

    async def watch(self, subscriber: Any) -> None:
        await subscriber.update("first", 0)
        await subscriber.mark_ready()
        for n, pause in enumerate(self.pauses):
            await asyncio.sleep(pause)
            for m in range(n):
                await subscriber.update(m, m)
        subscriber.note("about to\nend")
        await asyncio.sleep(100)


def lines(make_app: Any, capsys: pytest.CaptureFixture[str], pauses: list[float], report: Any) -> list[str]:
    feed: Any = Feed(pauses)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(item, feed)

    async def update() -> None:
        await make_app(main).update(live=True, report_to_stdout=report)

    run_in_virtual_time(update())
    return capsys.readouterr().out.splitlines()


def test_a_line_when_it_is_ready_and_each_minute_in_which_something_changed(
    make_app: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = lines(make_app, capsys, [10, 300, 5, 5, 300], True)
    live = [line for line in printed if line.startswith("live ")]
    assert all(line.startswith("live /@item: ready since ") for line in live)
    assert len(live) == 3  # it is ready; the changes that are close together; the last ones, with the note
    assert "0 changes" not in live[0] and live[-1].endswith(", about to end")
    assert printed[:3] == [
        "item: 1/1 done: 1 added",
        f"{main_name(printed)}: 1/1 done: 1 added",
        "total: 2/2 done: 2 added",
    ]
    assert printed[3] == live[0]
    assert printed[-1].startswith("total: ")


def test_as_often_as_somebody_wants(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    printed = lines(make_app, capsys, [10, 300, 5, 5, 300], timedelta(seconds=1))
    assert len([line for line in printed if line.startswith("live ")]) >= 5


def main_name(printed: list[str]) -> str:
    return printed[1].partition(":")[0]
