"""Two nodes, started as a user does; one is killed in the middle of an update, and that update converges."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

nodes: Any = importlib.import_module("ray_nodes")  # found on the path that conftest.py adds
pytestmark = pytest.mark.ray
PROGRAM = """
import pathlib, time
import ray
import cocoindex as coco
from cocoindex.runners.ray import RayRunner
from helpers import shout
from cocoindex.connectors import localfs

HERE = pathlib.Path("FOLDER")  # that of `__file__` is another one in a worker, where the code was sent


@coco.fn.as_async(memo=True, runner=RayRunner(ARGUMENTS))
def work(text: str) -> str:
    (HERE / "nodes" / ray.get_runtime_context().get_node_id()).touch()
    (HERE / "calls" / text).touch()
    time.sleep(0.05)
    return shout(text)


@coco.fn(memo=True)
async def process(name: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, await work(name))


async def app_main() -> None:
    target = await localfs.mount_dir_target(HERE / "out")
    await coco.mount_each(process, [(str(n), str(n)) for n in range(100)], target)


app = coco.App(coco.AppConfig("app"), app_main)
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """That of a head with one processor."""
    with nodes.head() as address:
        yield address


@pytest.fixture
def cluster(address: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of two nodes of one processor each, and the second one, which alone has something special."""
    with nodes.node(f"--address={address}", '--resources={"special": 1}') as second:
        yield address, second


@pytest.mark.parametrize("arguments", ["", "actors=2"], ids=["tasks", "actors"])
def test_a_node_that_is_killed(cluster: tuple[str, subprocess.Popen[str]], tmp_path: Path, arguments: str) -> None:
    address, second = cluster
    folder = tmp_path / "app"
    for name in ("calls", "nodes"):
        (folder / name).mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "main.py").write_text(PROGRAM.replace("FOLDER", str(folder)).replace("ARGUMENTS", arguments))
    (folder / "helpers.py").write_text("import cocoindex as coco\n\n\n@coco.fn\ndef shout(x):\n    return x + '!'\n")
    env = {**os.environ, "RAY_ADDRESS": address, "COCOINDEX_DB": str(tmp_path / "store")}
    command = [sys.executable, "-m", "cocoindex", "update", "../app/main.py"]
    update = subprocess.Popen(
        command, cwd=elsewhere, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while len(list((folder / "nodes").iterdir())) < 2 and update.poll() is None:
        time.sleep(0.01)
    nodes.raylet_of(second).send_signal(signal.SIGKILL)
    said, _ = update.communicate()
    assert update.returncode == 0, said
    wanted = {str(n): f"{n}!" for n in range(100)}
    assert {path.name: path.read_text() for path in (folder / "out").iterdir()} == wanted, said
    if arguments:
        return  # edited code is sent to actors as to tasks

    for path in (folder / "calls").iterdir():
        path.unlink()
    (folder / "helpers.py").write_text("import cocoindex as coco\n\n\n@coco.fn\ndef shout(x):\n    return x + '?'\n")
    ran = subprocess.run(command, cwd=elsewhere, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {path.read_text() for path in (folder / "out").iterdir()} == {f"{n}?" for n in range(100)}
    assert len(list((folder / "calls").iterdir())) == 100


ALONE = """
import asyncio, pathlib, time
import cocoindex as coco
from cocoindex.runners.ray import RayRunner


@coco.fn.as_async(runner=RayRunner(), resources={"special": 1})
def work(begun):
    pathlib.Path(begun).touch()
    time.sleep(3600)


if __name__ == "__main__":
    asyncio.run(work("BEGUN"))
"""


def test_a_call_that_needs_what_only_that_node_had(cluster: tuple[str, subprocess.Popen[str]], tmp_path: Path) -> None:
    address, second = cluster
    begun = tmp_path / "begun"
    (tmp_path / "program.py").write_text(ALONE.replace("BEGUN", str(begun)))
    env = {**os.environ, "RAY_ADDRESS": address}
    program = subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    while not begun.exists() and program.poll() is None:
        time.sleep(0.01)
    nodes.raylet_of(second).send_signal(signal.SIGKILL)
    _, said = program.communicate()
    last = said.splitlines()[-1]
    assert last.startswith("cocoindex.runners.ray.RayCallError: __main__.work: no node of the Ray cluster has"), said
    assert "what one call needs (CPU 1, special 1); the nodes have: CPU 1, special 0" in last
