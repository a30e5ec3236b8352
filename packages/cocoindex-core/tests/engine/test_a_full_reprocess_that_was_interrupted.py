"""After a full reprocess that was killed or cancelled, the next update goes on with what it had not reached."""

from __future__ import annotations

import asyncio
import json
import pathlib
from typing import Any

import json_target
import pytest
import quick_python

import cocoindex as coco
from cocoindex.testing import RecordingTarget

PROGRAM = (
    json_target.SOURCE
    + """
import logging, os, pathlib, sys

logging.disable(logging.ERROR)
folder, world, full, end_at = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "full", sys.argv[4]
data, ran = folder / "data.json", []

def reached(place):
    ran.append(place)
    if place == end_at:
        os._exit(9)

provider = rows_in(data, after=lambda: reached("sink"))

@coco.fn(memo=True)
def call():
    return world

@coco.fn(memo=True)
async def rows(name):
    reached(name)
    state = coco.use_state("state", 0)
    state.value += 1
    for number in range(20):
        value = call() + str(state.value)
        coco.declare_target_state(provider.target_state(f"{name}{number}", value))

@coco.fn(memo=True)
async def parent(name):
    reached("parent " + name)
    for number in range(3):
        await coco.use_mount(coco.component_subpath(number), rows, f"{name}{number}/")

@coco.fn
async def main():
    for name in "abc":
        await (await coco.mount(coco.component_subpath(name), parent, name)).ready()
    reached("end of main")

app = coco.App(coco.AppConfig("app", environment=coco.Environment(coco.Settings(db_path=folder / "store"))), main)
app.update_blocking(full_reprocess=full)
(folder / "ran.json").write_text(json.dumps(ran))
"""
)


@pytest.mark.parametrize("end_at", ["b1/", "end of main"])
def test_killed(tmp_path: pathlib.Path, end_at: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def run(world: str, how: str, end_at: str = "-") -> int:
        return quick_python.run([program, tmp_path, world, how, end_at]).returncode

    def held() -> Any:
        return json.loads((tmp_path / "data.json").read_text())

    def ran() -> Any:
        return [place for place in json.loads((tmp_path / "ran.json").read_text()) if place != "sink"]

    assert run("old", "update") == 0
    every = ran()
    whole = dict.fromkeys(held(), "new1")
    assert len(whole) == 180
    (tmp_path / "data.json").write_text("{}")  # lost outside of the program
    assert run("new", "full", end_at) == 9
    assert run("new", "update") == 0
    assert held() == whole
    left = every[every.index(end_at) :]
    assert set(left) <= set(ran())
    if end_at == "b1/":
        assert "a0/" not in ran()
    assert run("new", "update") == 0
    assert ran() == ["end of main"]


class Program:
    """Memoized components, of which one may wait until it is cancelled."""

    def __init__(self, make_app: Any) -> None:
        self.target = target = RecordingTarget()
        self.world, self.stops_at = 1, -1
        self.ran: list[int] = []

        @coco.fn(memo=True)
        async def one(number: int) -> None:
            self.ran.append(number)
            if number == self.stops_at:
                self.update.cancel()
                await asyncio.Event().wait()
            target.declare(number, self.world)

        @coco.fn
        async def main() -> None:
            for number in range(6):
                await (await coco.mount(coco.component_subpath(number), one, number)).ready()

        self.app = make_app(main)

    async def run(self, *, stops_at: int = -1, full: bool = False) -> list[int]:
        """Update; returns which components ran."""
        self.ran.clear()
        self.stops_at = stops_at
        self.update = asyncio.ensure_future(self.app.update(full_reprocess=full).result())
        await asyncio.wait([self.update])
        assert self.update.cancelled() == (stops_at >= 0)
        return list(self.ran)


def test_cancelled(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        program = Program(make_app)
        await program.run()
        program.world = 2
        assert await program.run(stops_at=2, full=True) == [0, 1, 2]
        assert caplog.text == ""
        assert await program.run(stops_at=4) == [2, 3, 4]
        assert "goes on" in caplog.text
        assert await program.run() == [4, 5]
        assert program.target.data == dict.fromkeys(range(6), 2)
        caplog.clear()
        assert await program.run() == []
        assert caplog.text == ""

    asyncio.run(run())


def test_another_one_begins_anew(make_app: Any) -> None:
    async def run() -> None:
        program = Program(make_app)
        await program.run(stops_at=4, full=True)
        assert await program.run(stops_at=2, full=True) == [0, 1, 2]
        assert await program.run() == [2, 3, 4, 5]
        assert await program.run() == []

    asyncio.run(run())


def test_a_preview_shows_what_is_left(make_app: Any) -> None:
    async def run() -> None:
        program = Program(make_app)
        await program.run()
        await program.run(stops_at=4, full=True)
        program.stops_at = -1
        for _ in range(2):
            assert len(await program.app.update(preview=True)) == 2
        program.target.take()
        assert await program.run() == [4, 5]
        assert len(program.target.take()) == 2

    asyncio.run(run())
