"""A program whose functions run in processes: from the command line, killed, forked, edited while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, pathlib, sys
import cocoindex as coco
from cocoindex.testing import RecordingTarget

FOLDER = pathlib.Path(__file__).parent
runner = coco.ProcessRunner(2)


@coco.fn(version=1)
def helper(x):
    return x + 1


@coco.fn.as_async(memo=True, runner=runner)
def work(x):
    with (FOLDER / "runs").open("a") as file:
        file.write(f"{x} {os.getpid() != int((FOLDER / 'pid').read_text())}\\n")
    return helper(x)


@coco.fn
async def app_main():
    (FOLDER / "pid").write_text(str(os.getpid()))
    print([await work(x) for x in range(3)])


app = coco.App(coco.AppConfig("app"), app_main)
"""

WAITING = """
import os, pathlib
import cocoindex as coco

FOLDER = pathlib.Path(__file__).parent


@coco.fn.as_async(runner=coco.ProcessRunner(1))
def work():
    (FOLDER / "began").write_text(str(os.getpid()))
    (FOLDER / "never").read_text()


async def app_main():
    await work()


app = coco.App(coco.AppConfig("app"), app_main)
if __name__ == "__main__":
    app.update_blocking()
"""


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "COCOINDEX_DB": str(folder / "store")}


def update(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "cocoindex", "update", *(arguments or ("main.py",))]
    ran = subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    return ran.stdout


def runs(folder: Path) -> list[str]:
    found = sorted((folder / "runs").read_text().splitlines())
    (folder / "runs").unlink()
    return found


def test_the_command_line_runs_it_from_any_folder_and_sees_edited_helpers(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text(PROGRAM)
    (tmp_path / "below").mkdir()
    assert "[1, 2, 3]" in update(tmp_path)
    assert runs(tmp_path) == ["0 True", "1 True", "2 True"]
    assert "[1, 2, 3]" in update(tmp_path, str(main))
    assert not (tmp_path / "runs").exists()
    main.write_text(PROGRAM.replace("version=1", "version=2").replace("x + 1", "x + 2"))
    assert "[2, 3, 4]" in update(tmp_path)
    assert runs(tmp_path) == ["0 True", "1 True", "2 True"]


def test_a_worker_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WAITING)
    for name in ("began", "never"):
        os.mkfifo(tmp_path / name)
    program = subprocess.Popen([sys.executable, "main.py"], cwd=tmp_path, env=environment(tmp_path))
    worker = int((tmp_path / "began").read_text())
    program.kill()
    program.wait()
    while not _is_gone(worker):
        os.sched_yield()


def test_ctrl_c_ends_a_program_whose_worker_is_busy(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(WAITING)
    for name in ("began", "never"):
        os.mkfifo(tmp_path / name)
    program = subprocess.Popen(
        [sys.executable, "-m", "cocoindex", "update", "main.py"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    worker = int((tmp_path / "began").read_text())
    program.send_signal(signal.SIGINT)
    program.communicate()
    assert program.returncode == 130
    assert _is_gone(worker)


def _is_gone(pid: int) -> bool:
    """Whether it has ended; its entry may be left, where nobody has collected it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
