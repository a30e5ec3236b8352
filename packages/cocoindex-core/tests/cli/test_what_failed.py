"""At its end, `update` prints a line for each component that failed, and each traceback of the user's code once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

APP = """
import logging, pathlib, sys
import cocoindex as coco

@coco.fn
def check(name):
    if name.startswith("bad"):
        raise ValueError(f"cannot do {name}")
    if name == "key":
        coco.declare_target_state(name)
    if name == "silent":
        raise KeyError
    if name.startswith("caused"):
        try:
            check("bad1")
        except ValueError as error:
            raise RuntimeError(name) from error
    if name == "group":
        check_two()

def check_two():
    failures = []
    for name in ("bad1", "bad2"):
        try:
            check(name)
        except ValueError as failure:
            failures.append(failure)
    raise ExceptionGroup("both", failures)

@coco.fn
async def main():
    for name in pathlib.Path("names.txt").read_text().split():
        await coco.mount(coco.component_subpath("files", name), check, name)

if "log" in pathlib.Path("names.txt").read_text():
    logging.basicConfig(format="LOG %(message)s")
app = coco.App(coco.AppConfig("Names", environment=coco.Environment(coco.Settings(pathlib.Path("app.db")))), main)
"""

IN_ANOTHER_PROCESS = """
import pathlib
import cocoindex as coco

@coco.fn.as_async(runner=coco.ProcessRunner())
def work():
    return int("no number")

@coco.fn
async def parse(number):
    await work()

@coco.fn
async def main():
    await coco.mount_each(parse, [(1, 1)])

app = coco.App(coco.AppConfig("Other", environment=coco.Environment(coco.Settings(pathlib.Path("app.db")))), main)
"""


@pytest.fixture
def run(shell: Shell) -> Callable[[str], list[str]]:
    def run(names: str) -> list[str]:
        shell.write("app.py", APP)
        shell.write("names.txt", names)
        done = shell.run("update", "-q", "app.py")
        assert (done.code, done.out) == (0, "")
        return done.err.splitlines()

    return run


def test_each_has_a_line_and_what_is_the_same_is_said_once(run: Callable[[str], list[str]]) -> None:
    lines = run("one bad1 bad2 silent")
    assert lines[0] == "Traceback (most recent call last, without the framework's frames):"
    assert [line for line in lines if line.startswith("Error: ")] == [
        'Error: /"files"/"bad1" (check): ValueError: cannot do bad1',
        'Error: /"files"/"bad2" (check): ValueError: cannot do bad2',
        'Error: /"files"/"silent" (check): KeyError',
        "Error: 3 components of app 'Names' failed; the next update tries again",
    ]
    frames = [line for line in lines if line.startswith("  File ")]
    assert len(frames) == 2 and all("app.py" in frame and frame.endswith(" in check") for frame in frames)


def test_the_frames_of_the_framework_are_left_out(run: Callable[[str], list[str]]) -> None:
    lines = [line for line in run("key") if set(line) - set(" ^~")]  # later Pythons underline what failed
    assert len(lines) == 5 and "    coco.declare_target_state(name)" in lines
    assert lines[3].startswith('Error: /"files"/"key" (check): ')


def test_the_cause_of_an_exception_is_there_with_its_lines(run: Callable[[str], list[str]]) -> None:
    lines = [line for line in run("caused1 caused2") if set(line) - set(" ^~")]
    assert [line.rpartition(" in ")[2] for line in lines if line.startswith("  File ")] == ["check", "check", "check"]
    assert lines.count("ValueError: cannot do bad1") == 1
    assert [line for line in lines if line.startswith("Error: ")][:2] == [
        'Error: /"files"/"caused1" (check): RuntimeError: caused1',
        'Error: /"files"/"caused2" (check): RuntimeError: caused2',
    ]


def test_of_a_group_what_is_in_it_is_there(run: Callable[[str], list[str]]) -> None:
    lines = [line for line in run("group") if set(line) - set(" ^~")]
    assert [line.rpartition(" in ")[2] for line in lines if line.startswith("  File ")] == [
        "check",
        "check_two",
        "check_two",
        "check",
    ]
    assert lines[-2].endswith(
        "ExceptionGroup: both (2 sub-exceptions): ValueError: cannot do bad1; ValueError: cannot do bad2"
    )


def test_the_line_in_another_process_is_there(shell: Shell) -> None:
    shell.write("app.py", IN_ANOTHER_PROCESS)
    lines = [line for line in shell.run("update", "-q", "app.py").err.splitlines() if set(line) - set(" ^~")]
    assert [line.rpartition(" in ")[2] for line in lines if line.startswith("  File ")] == ["parse", "work"]
    assert '    return int("no number")' in lines
    assert lines[5] == "Error: /@parse/1 (parse): ValueError: invalid literal for int() with base 10: 'no number'"


def test_many_are_counted(run: Callable[[str], list[str]]) -> None:
    lines = run(" ".join(f"bad{number}" for number in range(60)))
    assert sum(line.startswith('Error: /"files"/') for line in lines) == 50
    assert "Error: 10 more components failed" in lines


def test_a_program_with_a_log_of_its_own_has_the_tracebacks_there(run: Callable[[str], list[str]]) -> None:
    lines = run("log bad")
    assert sum("Traceback" in line for line in lines) == 1
    assert lines[0].startswith('LOG processing failed: component /"files"/"bad" (check)')
    assert lines[-2:] == [
        'Error: /"files"/"bad" (check): ValueError: cannot do bad',
        "Error: 1 component of app 'Names' failed; the next update tries again",
    ]
