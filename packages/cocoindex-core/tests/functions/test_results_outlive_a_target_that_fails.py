"""What memoized functions have computed for a component is kept if its target fails, or the process is killed there."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable
from typing import Any

import json_target
import pytest
import quick_python

import cocoindex as coco
from cocoindex.testing import RecordingTarget

Make = Callable[..., coco.App[..., Any]]


def test_calls_are_not_made_again(make_app: Make) -> None:
    target, made = RecordingTarget(), list[int]()

    @coco.fn(memo=True)
    async def embed(number: int) -> int:
        made.append(number)
        return -number

    @coco.fn(memo=True)
    async def row(number: int) -> None:
        target.declare(number, await embed(number))

    @coco.fn
    async def main() -> None:
        for number in range(50):
            await coco.mount(coco.component_subpath(number), row, number)

    app = make_app(main)
    target.fail_keys = {*range(50)}
    app.update_blocking()
    assert sorted(made) == [*range(50)]
    target.fail_keys = {7}
    for _ in range(2):
        app.update_blocking()
        assert target.data == {number: -number for number in range(50) if number != 7}
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == {number: -number for number in range(50)}
    assert len(made) == 50


def test_a_call_of_another_run_goes_when_it_is_not_used(make_app: Make) -> None:
    target, made, world = RecordingTarget(), list[int](), [1]

    @coco.fn(memo=True)
    def embed(number: int) -> int:
        made.append(number)
        return number

    @coco.fn
    def main() -> None:
        target.declare("row", embed(world[0]))

    app = make_app(main)
    target.fail_keys = {"row"}
    for number in (1, 2):
        world[0] = number
        with pytest.raises(RuntimeError, match="told to fail"):
            app.update_blocking()
    target.fail_keys = set()
    for number in (1, 3, 2):
        world[0] = number
        app.update_blocking()
        assert target.data == {"row": number}
    assert made == [1, 2, 3, 2]


def test_calls_that_declare_something_are_made_again_with_what_they_call_kept(make_app: Make) -> None:
    target, made = RecordingTarget(), list[str]()

    @coco.fn(memo=True)
    def embed(text: str) -> str:
        made.append(f"embed {text}")
        return text.upper()

    @coco.fn(memo=True)
    def write(text: str) -> None:
        made.append(f"write {text}")
        target.declare(text, embed(text))

    @coco.fn
    async def main() -> None:
        counter = coco.use_state("updates", 0)
        counter.value += 1
        target.declare("updates", counter.value)
        for text in "ab":
            write(text)

    app = make_app(main)
    target.fail_keys = {"b"}
    for _ in range(2):
        with pytest.raises(RuntimeError, match="told to fail"):
            app.update_blocking()
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == {"updates": 1, "a": "A", "b": "B"}
    app.update_blocking()
    assert target.data == {"updates": 2, "a": "A", "b": "B"}
    assert made.count("write b") == 3
    assert [made.count(f"embed {text}") for text in "ab"] == [1, 1]


def test_a_component_that_fails_by_itself_keeps_nothing(make_app: Make) -> None:
    made, ok = list[int](), [False]

    @coco.fn(memo=True)
    def embed(number: int) -> int:
        made.append(number)
        return number

    @coco.fn
    def main() -> int:
        if embed(1) and not ok[0]:
            raise ValueError("not yet")
        return embed(1)

    app = make_app(main)
    with pytest.raises(ValueError, match="not yet"):
        app.update_blocking()
    ok[0] = True
    assert app.update_blocking() == app.update_blocking() == 1
    assert made == [1, 1]


PROGRAM = (
    json_target.SOURCE
    + """
import os, pathlib, sys

folder, ends = pathlib.Path(sys.argv[1]), sys.argv[2] == "ends"
made = []
provider = rows_in(folder / "data.json", after=lambda: os._exit(9) if ends else None)

@coco.fn(memo=True)
def embed(number):
    made.append(number)
    return number + 1

@coco.fn(memo=True)
async def row(number):
    coco.declare_target_state(provider.target_state(str(number), embed(number)))

@coco.fn
async def main():
    for number in range(30):
        await coco.mount(coco.component_subpath(number), row, number)

app = coco.App(coco.AppConfig("app", environment=coco.Environment(coco.Settings(db_path=folder / "store"))), main)
app.update_blocking()
(folder / "made.json").write_text(json.dumps(made))
"""
)


def test_killed_while_the_target_is_written(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    assert quick_python.run([program, tmp_path, "ends"]).returncode == 9
    assert quick_python.run([program, tmp_path, "goes on"]).returncode == 0
    assert json.loads((tmp_path / "data.json").read_text()) == {str(number): number + 1 for number in range(30)}
    assert json.loads((tmp_path / "made.json").read_text()) == []
