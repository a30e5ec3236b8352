"""`cocoindex show --live` says from another process how a live update gets on, and whether there is one."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from .live_update import going_on, said

if TYPE_CHECKING:
    from tests.cli.conftest import Shell


def test_while_it_runs_after_it_ended_and_after_it_was_killed(shell: Shell) -> None:
    assert shell.run("show", "live.py", "--live").code == 1
    with going_on(shell) as process:
        said(process, "applied ['first']")
        said(process, "live /@keep: ready since")
        done = shell.run("show", "live.py", "--live")
        first, line, last, _closed = done.out.splitlines(keepends=True)
        assert (done.code, done.err) == (0, "")
        assert first.startswith(f"App 'Live' is updated live by process {process.pid} on ")
        assert first.endswith(": ready\n")
        assert line.startswith("live /@keep: ready since ")
        assert last.startswith("As of ")
        assert shell.run("show", "--db", "app.db", "--app-name", "Live", "--live").out == first + line + last
        process.kill()
        process.wait()
    done = shell.run("show", "live.py", "--live")
    assert (done.code, done.out) == (1, "closed\n")
    assert "No live update of app 'Live' runs; the last one was interrupted, and was last seen at " in done.err
    with going_on(shell) as process:
        said(process, "live /@keep: ready since")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    done = shell.run("show", "live.py", "--live")
    assert (done.code, done.out, done.err) == (1, "closed\n", "No live update of app 'Live' runs\n")


def test_an_update_that_ends_makes_up_for_one_that_was_killed(shell: Shell) -> None:
    with going_on(shell) as process:
        said(process, "live /@keep: ready since")
        process.kill()
        process.wait()
    assert "the last one was interrupted" in shell.run("show", "live.py", "--live").err
    assert shell.run("update", "-q", "live.py").code == 0
    assert shell.run("show", "live.py", "--live").err == "No live update of app 'Live' runs\n"


def test_what_else_runs_is_no_live_update(shell: Shell) -> None:
    with going_on(shell, "update", "-q", "slow.py") as process:
        said(process, "slow")
        done = shell.run("show", "slow.py", "--live")
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("No live update of app 'Slow' runs; process ")
        assert done.err.endswith(" updates or drops it\n")


def test_another_process_is_told_that_it_is_live(shell: Shell) -> None:
    with going_on(shell) as process:
        said(process, "applied ['first']")
        for command in ("update", "drop"):
            done = shell.run(command, "-f", "live.py")
            assert done.code == 1
            assert f"updated live by process {process.pid} on" in done.err
        for command in ("show", "ls"):
            assert shell.run(command, "live.py").code == 0


def test_it_goes_with_no_other_option(shell: Shell) -> None:
    done = shell.run("show", "live.py", "--live", "--tree")
    assert done.code == 1
    assert done.err.startswith("Error: --live shows")
