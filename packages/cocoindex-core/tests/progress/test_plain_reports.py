"""Where standard output is no terminal, reports are lines: those that changed now and then, all at the end."""

from __future__ import annotations

import asyncio
import io
import sys
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time


@coco.fn
async def work(n: int) -> None:
    await asyncio.sleep(n)


@coco.fn
async def main() -> str:
    await coco.mount_each(work, [(n, n) for n in range(3)])
    return "result"


@coco.fn
async def quick(n: int) -> None: ...


@coco.fn
async def grouped() -> None:
    with coco.stats_group("Docs", report_to_stdout=True):
        await coco.mount_each(quick, [(n, n) for n in range(3)])


LAST = ["main: 1/1 done: 1 added", "work: 3/3 done: 3 added", "total: 4/4 done: 4 added"]


def test_a_blocking_update_prints_the_last_numbers(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    @coco.fn
    async def both() -> str:
        await coco.mount(quick, 1)
        return "result"

    assert make_app(both).update_blocking(report_to_stdout=True) == "result"
    assert capsys.readouterr().out.splitlines()[-1] == "total: 2/2 done: 2 added"


def test_show_progress_gives_the_result(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def show() -> Any:
        return await coco.show_progress(make_app(main).update())

    assert run_in_virtual_time(show()) == "result"
    assert capsys.readouterr().out.splitlines()[-3:] == LAST


def test_show_progress_of_a_drop(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def show() -> None:
        app = make_app(main)
        await app.update()
        await coco.show_progress(app.drop())

    run_in_virtual_time(show())
    assert "work: 3/3 done: 3 deleted" in capsys.readouterr().out


def test_it_prints_every_so_often_what_changed(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def show() -> None:
        await make_app(main).update(report_to_stdout=timedelta(seconds=0.25))

    run_in_virtual_time(show())
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("work")]
    assert lines == [
        "work: 1/3 done: 1 added, 2 in progress",
        "work: 2/3 done: 2 added, 1 in progress",
        "work: 3/3 done: 3 added",
    ]


def test_a_group_begins_its_lines_with_its_title(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make_app(grouped).update_blocking(report_to_stdout=True)
    assert capsys.readouterr().out.splitlines() == ["[Docs] quick: 3/3 done: 3 added", "grouped: 1/1 done: 1 added"]


def test_nothing_is_printed_unless_it_is_asked_for(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    make_app(quick, 1).update_blocking()
    assert capsys.readouterr().out == ""


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("kind", ["broken", "closed", "none"])
def test_an_output_that_is_gone_does_not_harm_the_update(
    make_app: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    out: Any = {"broken": Broken(), "closed": io.StringIO(), "none": None}[kind]
    if kind == "closed":
        out.close()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        result = make_app(grouped).update_blocking(report_to_stdout=timedelta(milliseconds=1))
    assert result is None
