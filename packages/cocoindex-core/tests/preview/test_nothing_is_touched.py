"""A preview leaves store and targets as they are, and makes no store where there is none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex import inspect

if TYPE_CHECKING:
    from tests.preview.conftest import Program as ProgramType


def test_an_app_that_never_ran_has_no_store_afterwards(
    make: Callable[..., ProgramType], environment: coco.Environment, folder: Path
) -> None:
    program = make()
    program.values = {"a": 1}
    assert len(program.app.update_blocking(preview=True)) == 1
    assert (program.flat.data, program.taken()) == ({}, [])
    assert not folder.exists()


def test_the_store_stays_as_it_is(make: Callable[..., ProgramType], folder: Path) -> None:
    program = make("destructive")
    program.values, program.tables = {"a": 1, "b": 2}, {"t": {"x": 3}}
    program.app.update_blocking()
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock.mdb"}
    program.values, program.tables, program.schema = {"a": 1, "c": 3}, {"t": {"x": 4}, "u": {}}, 2
    program.app.update_blocking(preview=True)
    after = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock.mdb"}
    assert after == before
    assert (program.flat.data, program.nested.tables) == ({1: 1, 2: 2}, {"t": {"x": 3}})


def test_what_a_preview_ran_runs_again(make: Callable[..., ProgramType]) -> None:
    program = make()
    program.values = {"a": 1}
    program.app.update_blocking(preview=True)
    program.app.update_blocking(preview=True)
    program.app.update_blocking()
    assert program.runs == ["value 1"] * 3
    program.app.update_blocking(preview=True)
    assert program.runs == ["value 1"] * 3


def test_another_app_of_the_store_is_of_no_interest(
    make: Callable[..., ProgramType], environment: coco.Environment
) -> None:
    @coco.fn
    def nothing() -> None:
        """Have an app in the store."""

    coco.App(coco.AppConfig("other", environment=environment), nothing).update_blocking()
    program = make()
    program.values = {"a": 1}
    assert len(program.app.update_blocking(preview=True)) == 1
    assert inspect.list_stable_paths_sync(program.app) == []


LOCKED = """
import sys
import cocoindex as coco

@coco.fn
def main():
    print("running", flush=True)
    sys.stdin.read()

environment = coco.Environment(coco.Settings(db_path=sys.argv[1]))
coco.App(coco.AppConfig("previewed", environment=environment), main).update_blocking()
"""


def test_it_does_not_wait_for_an_update_of_another_process(make: Callable[..., ProgramType], folder: Path) -> None:
    command = [sys.executable, "-c", LOCKED, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        program = make()
        program.values = {"a": 1}
        assert len(program.app.update_blocking(preview=True)) == 1
        process.communicate("")
    assert process.returncode == 0
