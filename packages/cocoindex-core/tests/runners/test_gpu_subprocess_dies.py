"""A GPU subprocess that dies: its call fails with what happened, the next one has a new process, nothing hangs."""

from __future__ import annotations

import asyncio
import importlib
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

workload: Any = importlib.import_module("gpu_workload")  # found on the path that conftest.py adds
pytestmark = pytest.mark.usefixtures("in_subprocess")


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ("exit", 3, "exited with code 3 while it ran gpu_workload.die"),
        ("kill", -9, "was killed by SIGKILL while it ran gpu_workload.die"),
        ("segfault", -11, "was killed by SIGSEGV while it ran gpu_workload.die"),
    ],
)
def test_the_call_fails_and_the_process_is_replaced(how: str, code: int, said: str) -> None:
    before = asyncio.run(workload.where())[1]
    with pytest.raises(errors.GPUProcessError, match=said) as caught:
        asyncio.run(workload.die(how))
    assert isinstance(caught.value, RuntimeError) and caught.value.exitcode == code
    after = asyncio.run(workload.where())[1]
    assert before != after


@pytest.mark.parametrize(("how", "said"), [("sys.exit", r"SystemExit\(4\)"), ("interrupt", r"KeyboardInterrupt\(\)")])
def test_what_would_end_a_process_does_not_end_this_one(how: str, said: str) -> None:
    with pytest.raises(errors.GPUProcessError, match=f"die raised {said}"):
        asyncio.run(workload.die(how))


def test_a_process_that_was_killed_between_calls_is_replaced() -> None:
    pid = asyncio.run(workload.where())[1]
    os.kill(pid, 9)
    try:
        after = asyncio.run(workload.where())[1]
    except errors.GPUProcessError:  # it was still about to die when the call went there
        after = asyncio.run(workload.where())[1]
    assert after != pid


def test_calls_that_wait_behind_the_one_that_dies_are_not_harmed() -> None:
    async def main() -> Any:
        return await asyncio.gather(
            workload.die("exit"), workload.where(1), workload.die("kill"), workload.where(2), return_exceptions=True
        )

    first, one, third, two = asyncio.run(main())
    assert isinstance(first, errors.GPUProcessError) and isinstance(third, errors.GPUProcessError)
    assert (one[0], two[0]) == (1, 2)


def test_only_the_component_whose_call_dies_fails(make_app: Any, tmp_path: pathlib.Path) -> None:
    marker = tmp_path / "marker"
    done: list[str] = []

    @coco.fn
    async def component(name: str) -> None:
        await (workload.die_once(marker) if name == "bad" else workload.where(name))
        done.append(name)

    async def main() -> None:
        handle = await coco.mount_each(component, [(name, name) for name in ("a", "bad", "b")])
        await handle.ready()

    app = make_app(main)
    app.update_blocking()
    assert sorted(done) == ["a", "b"]
    done.clear()
    app.update_blocking()
    assert sorted(done) == ["a", "b", "bad"]


def test_a_cancelled_call_is_waited_for_by_the_next_one(tmp_path: pathlib.Path) -> None:
    began, may_end = tmp_path / "began", tmp_path / "may_end"
    os.mkfifo(began)
    os.mkfifo(may_end)

    async def main() -> Any:
        call = asyncio.ensure_future(workload.meet(began, may_end))
        await asyncio.to_thread(began.read_text)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        after = asyncio.ensure_future(workload.where())
        await asyncio.to_thread(may_end.write_text, "end")
        return (await after)[1]

    assert asyncio.run(main()) != os.getpid()


PROGRAM = """
import asyncio, os, sys
sys.path.append({path!r})
import gpu_workload
{body}
"""


def program(tmp_path: pathlib.Path, body: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "program.py"
    folder = str(pathlib.Path(workload.__file__).parent)
    path.write_text(PROGRAM.format(path=folder, body=body))
    return subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60)


def test_a_program_without_a_guard_is_told_so(tmp_path: pathlib.Path) -> None:
    done = program(tmp_path, "print(asyncio.run(gpu_workload.where(1)))")
    assert done.returncode == 1
    assert "exited with code 1 when it started, to run gpu_workload.where" in done.stderr
    assert "if __name__ == '__main__':" in done.stderr


def test_the_process_ends_with_the_program(tmp_path: pathlib.Path) -> None:
    body = "if __name__ == '__main__':\n    print(asyncio.run(gpu_workload.where())[1])"
    done = program(tmp_path, body)
    assert (done.returncode, done.stderr) == (0, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)


def test_the_process_ends_when_the_program_is_killed(tmp_path: pathlib.Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # The subprocess holds the pipe open for writing as long as it lives: its end is the end of what is read.
    body = f"""
if __name__ == '__main__':
    asyncio.run(gpu_workload.hold({str(fifo)!r}))
    os.kill(os.getpid(), 9)
"""
    folder = str(pathlib.Path(workload.__file__).parent)
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.format(path=folder, body=body))
    process = subprocess.Popen([sys.executable, str(path)])
    with open(fifo) as reader:
        assert reader.read() == "held"
    assert process.wait(60) == -9
