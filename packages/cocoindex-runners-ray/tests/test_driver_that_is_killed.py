"""A program that is killed in the middle of an update leaves nothing running, and the next update converges."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.ray
PROGRAM = """
import os, pathlib, time
import cocoindex as coco
from cocoindex.runners.ray import RayRunner
from cocoindex.connectors import localfs

HERE = pathlib.Path("FOLDER")


@coco.fn.as_async(memo=True, runner=RayRunner(ARGUMENTS))
def work(text: str) -> str:
    (HERE / "pids" / str(os.getpid())).touch()
    (HERE / "calls" / text).touch()
    while text > "5" and not (HERE / "may_end").exists():
        time.sleep(0.01)
    return text + "!"


@coco.fn(memo=True)
async def process(name: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, await work(name))


async def app_main() -> None:
    target = await localfs.mount_dir_target(HERE / "out")
    await coco.mount_each(process, [(str(n), str(n)) for n in range(10)], target)


app = coco.App(coco.AppConfig("app"), app_main)
"""


@pytest.mark.parametrize("arguments", ["", "actors=2"], ids=["tasks", "actors"])
def test_it(address: str, tmp_path: Path, arguments: str) -> None:
    for name in ("pids", "calls"):
        (tmp_path / name).mkdir()
    (tmp_path / "main.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)).replace("ARGUMENTS", arguments))
    env = {**os.environ, "RAY_ADDRESS": address, "COCOINDEX_DB": str(tmp_path / "store")}
    command = [sys.executable, "-m", "cocoindex", "update", "main.py"]
    update = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not any((tmp_path / "calls" / name).exists() for name in "6789") and update.poll() is None:
        time.sleep(0.01)
    update.send_signal(signal.SIGKILL)
    assert update.wait() == -signal.SIGKILL
    workers = [int(path.name) for path in (tmp_path / "pids").iterdir()]
    while any(psutil.pid_exists(pid) for pid in workers):
        time.sleep(0.01)
    (tmp_path / "may_end").touch()
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        str(n): f"{n}!" for n in range(10)
    }
