"""Ctrl-C and SIGTERM end a live update in order: its loops, what waits is dropped, what is being applied is kept."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
import quick_python

from .live_update import APP, going_on, running, said, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from .conftest import Shell

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no signals are sent there")

SIGNALS = [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]


def start_command(shell: Shell) -> AbstractContextManager[quick_python.Running]:
    return going_on(shell)


def start_program(shell: Shell) -> AbstractContextManager[quick_python.Running]:
    shell.write("live.py", APP)
    return running(shell, ["live.py"])


@pytest.mark.parametrize("start", [start_command, start_program])
@pytest.mark.parametrize(("signum", "code", "how"), SIGNALS)
def test_the_loop_ends_then_the_lifespan_and_the_exit_code_says_how(
    shell: Shell,
    start: Callable[[Shell], AbstractContextManager[quick_python.Running]],
    signum: int,
    code: int,
    how: str,
) -> None:
    with start(shell) as process:
        said(process, "live /@keep: ready since")
        tell(process, "+a", "+b")
        said(process, "applied ")
        process.send_signal(signum)
        out, err = process.communicate(timeout=30)
    lines = [line for line in out.splitlines() if line in ("left", "closed")]
    assert lines == ["left", "closed"]
    if start is start_command:
        *waiting, last = err.splitlines()
        assert last == f"Error: {how}; what was under way is finished, and the next update goes on from there"
        assert all(line.startswith(f"{how}: waiting for") for line in waiting)
    assert process.returncode in ((code,) if signum == signal.SIGTERM else (code, -signum))


def test_ctrl_c_under_asyncio_run(shell: Shell) -> None:
    shell.write("live.py", APP)
    with running(shell, ["live.py", "async"]) as process:
        said(process, "live /@keep: ready since")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert [line for line in out.splitlines() if line in ("left", "closed")] == ["left", "closed"]
    assert err.endswith("KeyboardInterrupt\n")


@pytest.mark.parametrize(("signum", "code", "how"), SIGNALS)
def test_what_is_being_applied_is_kept_and_what_waits_is_not(shell: Shell, signum: int, code: int, how: str) -> None:
    with going_on(shell) as process:
        said(process, "live /@keep: ready since")
        tell(process, "+slow")
        said(process, "applying")
        tell(process, "-slow", "+slow", "-slow")
        process.send_signal(signum)
        said(process, "left")
        assert process.stderr is not None
        assert process.stderr.readline().startswith(f"{how}: waiting for what is being applied; ")
        shell.write("go on", "")
        out, _ = process.communicate(timeout=30)
    assert process.returncode == code
    assert out.splitlines()[0] == "applied ['slow']"
    assert "closed" in out.splitlines()
    assert (shell.folder / "kept.txt").read_text() == "first slow"
    # It is known to be there: a start goes on behind it, and a change removes it.
    with going_on(shell) as process:
        assert said(process, "from") == "from 1"
        assert said(process, "live /@keep: ready since")
        tell(process, "+slow", "+next")
        assert said(process, "appl") == "applied ['next']"
        tell(process, "-slow")
        assert said(process, "appl") == "applying"
        assert said(process, "appl") == "applied ['slow']"
    assert (shell.folder / "kept.txt").read_text() == "first next"


@pytest.mark.parametrize(("first", "_", "how"), SIGNALS)
@pytest.mark.parametrize(("second", "code", "again"), SIGNALS)
def test_a_second_signal_ends_it_at_once_and_the_next_start_repairs_what_it_leaves(
    shell: Shell, first: int, _: int, how: str, second: int, code: int, again: str
) -> None:
    with going_on(shell) as process:
        said(process, "live /@keep: ready since")
        tell(process, "+slow")
        said(process, "applying")
        process.send_signal(first)
        assert process.stderr is not None
        assert process.stderr.readline().startswith(f"{how}: waiting for what is being applied; ")
        process.send_signal(second)
        _out, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert err == f"Error: {again} twice; the next update repairs what was under way\n"
    shell.write("go on", "")
    with going_on(shell) as process:
        assert said(process, "from") == "from 0"
        said(process, "live /@keep: ready since")
        tell(process, "+slow")
        assert said(process, "applied") == "applied ['slow']"
    assert (shell.folder / "kept.txt").read_text() == "first slow"


def test_a_loop_that_does_not_leave_holds_up_nothing_for_more_than_a_while(shell: Shell) -> None:
    stubborn = APP.replace("            loop.remove_reader(0)\n", "            await asyncio.sleep(3600)\n")
    with going_on(shell, app=stubborn) as process:
        said(process, "live /@keep: ready since")
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 143
    assert "closed" in out.splitlines()


def test_failures_are_told_as_they_come(shell: Shell) -> None:
    with going_on(shell) as process:
        said(process, "live /@keep: ready since")
        tell(process, "+bad")
        assert process.stderr is not None
        while not (line := process.stderr.readline()).startswith("Error: "):
            pass
        assert line == 'Error: /@keep/"bad" (keep): ValueError: bad\n'
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
