"""An update killed at any step is repaired by the next: nothing is lost, nothing is left over."""

from __future__ import annotations

import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

PROGRAM = pathlib.Path(__file__).parent / "program.py"

ZYGOTE = """
import json, os, runpy, signal, sys, traceback
import cocoindex
from cocoindex import _app, _component, _engine, _progress, _store
import cocoindex._app.app, cocoindex._engine.run, cocoindex._engine.removal, cocoindex._engine.sweep
import cocoindex._engine.drop, cocoindex._store.lmdb_store, cocoindex._runtime.daemon_threads
for line in sys.stdin:
    sys.argv = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm(120)
        code = 1
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
_copies: list[tuple[subprocess.Popen[str], Any]] = []

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


@pytest.fixture(scope="module", autouse=True)
def zygote() -> Iterator[None]:
    """A process that has imported everything, of which each run is a copy: starting anew takes ten times as long."""
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            [sys.executable, "-c", ZYGOTE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        _copies.append((process, complaints))
        yield
        _copies.clear()
        assert process.stdin is not None
        process.stdin.close()


def run(folder: pathlib.Path, step: str = "none", nth: int = 0) -> int:
    """Run the program in a process of its own; returns how it ended."""
    ((process, complaints),) = _copies
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps([str(PROGRAM), str(folder), step, str(nth)]) + "\n")
    process.stdin.flush()
    code = int(process.stdout.readline())
    if code not in (0, -signal.SIGKILL):
        complaints.seek(0)
        pytest.fail(complaints.read())
    return code


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


@pytest.fixture(scope="module")
def after_first(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder in which the first update has run."""
    folder = tmp_path_factory.mktemp("first")
    write(folder, FIRST)
    run(folder)
    assert found(folder) == wanted(FIRST)
    return folder


@pytest.fixture
def updated(after_first: pathlib.Path, tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of it."""
    return shutil.copytree(after_first, tmp_path / "copy")


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_change(updated: pathlib.Path, step: str, nth: int) -> None:
    write(updated, SECOND)
    run(updated, step, nth)
    run(updated)
    assert found(updated) == wanted(SECOND)


@pytest.mark.parametrize(("step", "nth"), STEPS)
def test_killed_change_that_is_then_taken_back(updated: pathlib.Path, step: str, nth: int) -> None:
    write(updated, SECOND)
    run(updated, step, nth)
    write(updated, FIRST)
    run(updated)
    assert found(updated) == wanted(FIRST)
    write(updated, {})
    run(updated)
    assert found(updated) == {}


def test_the_steps_are_reached(tmp_path: pathlib.Path) -> None:
    write(tmp_path, FIRST)
    run(tmp_path)
    killed: list[bool] = []
    for step, nth in STEPS:
        write(tmp_path, SECOND if len(killed) % 2 == 0 else FIRST)
        killed.append(run(tmp_path, step, nth) == -signal.SIGKILL)
        run(tmp_path)
    assert sum(killed) >= len(STEPS) * 2 // 3
