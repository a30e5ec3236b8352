"""An update killed at any step is repaired by the next: nothing is lost, nothing is left over."""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess
import sys
from typing import Any

import pytest

PROGRAM = pathlib.Path(__file__).parent / "program.py"

STEPS = [
    *[("process", n) for n in (1, 4)],
    *[("reconcile", n) for n in (1, 5)],
    *[("before commit", n) for n in (1, 2, 3, 4)],
    *[("after commit", n) for n in (1, 2, 3, 4)],
    *[("sink", n) for n in (1, 2)],
    *[("action", n) for n in (1, 3, 6)],
    *[("applied", n) for n in (1, 2)],
]

FIRST = {
    "g1": {"a": [["a1", "x"], ["a2", "x"]], "b": [["b1", "x"]], "c": [["c1", "x"]]},
    "g2": {"d": [["d1", "x"]], "e": [["e1", "x"]]},
    "g3": {"f": [["f1", "x"]]},
}
# Changed, removed, added, moved to another component and to another group; one group gone.
SECOND = {
    "g1": {"a": [["a1", "y"]], "b": [["b1", "x"], ["a2", "z"]], "n": [["n1", "new"]]},
    "g2": {"e": [["e1", "x"], ["c1", "moved"]]},
    "g4": {"f": [["f1", "x"]]},
}


def write(folder: pathlib.Path, source: dict[str, Any]) -> None:
    (folder / "out").mkdir(exist_ok=True)
    (folder / "source.json").write_text(json.dumps(source))


def run(folder: pathlib.Path, step: str = "none", nth: int = 0) -> int:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(folder), step, str(nth)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def wanted(source: dict[str, Any]) -> dict[str, str]:
    return {name: text for members in source.values() for states in members.values() for name, text in states}


def found(folder: pathlib.Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "out").iterdir()}


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_first_update(tmp_path: pathlib.Path, step: str, nth: int) -> None:
    write(tmp_path, FIRST)
    run(tmp_path, step, nth)
    run(tmp_path)
    assert found(tmp_path) == wanted(FIRST)


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_change(tmp_path: pathlib.Path, step: str, nth: int) -> None:
    write(tmp_path, FIRST)
    run(tmp_path)
    write(tmp_path, SECOND)
    run(tmp_path, step, nth)
    run(tmp_path)
    assert found(tmp_path) == wanted(SECOND)


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_change_that_is_then_taken_back(tmp_path: pathlib.Path, step: str, nth: int) -> None:
    write(tmp_path, FIRST)
    run(tmp_path)
    write(tmp_path, SECOND)
    run(tmp_path, step, nth)
    write(tmp_path, FIRST)
    run(tmp_path)
    assert found(tmp_path) == wanted(FIRST)
    write(tmp_path, {})
    run(tmp_path)
    assert found(tmp_path) == {}


def test_the_steps_are_reached(tmp_path: pathlib.Path) -> None:
    write(tmp_path, FIRST)
    run(tmp_path)
    killed: list[bool] = []
    for step, nth in STEPS:
        write(tmp_path, SECOND if len(killed) % 2 == 0 else FIRST)
        killed.append(run(tmp_path, step, nth) == -signal.SIGKILL)
        run(tmp_path)
    assert sum(killed) >= len(STEPS) * 2 // 3
