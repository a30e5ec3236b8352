"""An update killed while two targets are being written, or one of them, is repaired by the next."""

from __future__ import annotations

import json
import pathlib
import signal

import pytest
import quick_python

PROGRAM = pathlib.Path(__file__).parent / "two_targets.py"

STEPS = [
    *[("before commit", n) for n in range(1, 9)],
    *[("after commit", n) for n in range(1, 9)],
    *[("fast, before", n) for n in (1, 2, 3)],
    *[("fast, whole", n) for n in (1, 2, 3)],
    ("fast, committed", 1),
    *[("slow, half", n) for n in (1, 2)],
    *[("slow, whole", n) for n in (1, 2)],
]

FIRST = {"a": "1", "b": "1", "c": "1"}
SECOND = {"a": "2", "c": "1", "d": "1"}


def run(folder: pathlib.Path, source: dict[str, str], step: str = "none", nth: int = 0) -> int:
    (folder / "out").mkdir(exist_ok=True)
    (folder / "source.json").write_text(json.dumps(source))
    done = quick_python.run([str(PROGRAM), str(folder), step, str(nth)])
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def wanted(source: dict[str, str]) -> dict[str, str]:
    names = ["slow-{}", "fast-{}", "slow-both-{}", "fast-both-{}"]
    return {each.format(name): value for name, value in source.items() for each in names}


def found(folder: pathlib.Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "out").iterdir()}


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_first_update(tmp_path: pathlib.Path, step: str, nth: int) -> None:
    killed = run(tmp_path, FIRST, step, nth)
    assert killed or nth > 1
    run(tmp_path, FIRST)
    assert found(tmp_path) == wanted(FIRST)


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_change_that_is_then_taken_back(tmp_path: pathlib.Path, step: str, nth: int) -> None:
    run(tmp_path, FIRST)
    run(tmp_path, SECOND, step, nth)
    run(tmp_path, SECOND)
    assert found(tmp_path) == wanted(SECOND)
    run(tmp_path, FIRST, step, nth)
    run(tmp_path, SECOND, step, nth)
    run(tmp_path, FIRST)
    assert found(tmp_path) == wanted(FIRST)
