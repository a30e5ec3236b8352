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


def work(text: str) -> str:
    (HERE / "pids" / str(os.getpid())).touch()
    (HERE / "calls" / text).touch()
    while text[-1] > "5" and not (HERE / "may_end").exists():
        time.sleep(0.01)
    return text + "!"


@coco.fn.as_async(memo=True, runner=RayRunner(), resources={"cpus": 0.5})
def in_task(text: str) -> str:
    return work(text)


@coco.fn.as_async(memo=True, runner=RayRunner(actors=2), resources={"cpus": 0.5})
def on_actor(text: str) -> str:
    return work(text)


@coco.fn(memo=True)
async def process(name: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, await (in_task if name.startswith("task") else on_actor)(name))


async def app_main() -> None:
    target = await localfs.mount_dir_target(HERE / "out")
    names = [f"{kind}{n}" for n in range(10) for kind in ("task", "actor")]
    await coco.mount_each(process, [(name, name) for name in names], target)


app = coco.App(coco.AppConfig("app"), app_main)
"""


def test_it(address: str, tmp_path: Path) -> None:
    for name in ("pids", "calls"):
        (tmp_path / name).mkdir()
    (tmp_path / "main.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)))
    env = {**os.environ, "RAY_ADDRESS": address, "COCOINDEX_DB": str(tmp_path / "store")}
    command = [sys.executable, "-m", "cocoindex", "update", "main.py"]
    update = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not all(any((tmp_path / "calls").glob(f"{kind}[6-9]")) for kind in ("task", "actor")):
        assert update.poll() is None
        time.sleep(0.01)
    update.send_signal(signal.SIGKILL)
    assert update.wait() == -signal.SIGKILL
    workers = [int(path.name) for path in (tmp_path / "pids").iterdir()]
    while any(psutil.pid_exists(pid) for pid in workers):
        time.sleep(0.01)
    (tmp_path / "may_end").touch()
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    wanted = {f"{kind}{n}": f"{kind}{n}!" for n in range(10) for kind in ("task", "actor")}
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == wanted, ran.stdout + ran.stderr
