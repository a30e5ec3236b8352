"""Two nodes, started as a user does: one is killed in the middle of an update, and later the head, too.

The update in which the node is killed converges, and a call that needs what only that node had fails. Where the head is
gone, calls fail with one clear line, and the program goes on.
"""

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


def work(text):
    (HERE / "nodes" / (text[:4] + ray.get_runtime_context().get_node_id())).touch()
    (HERE / "calls" / text).touch()
    while int(text[4:]) >= 50 and not (HERE / "killed").exists():
        time.sleep(0.01)
    return shout(text)


@coco.fn.as_async(memo=True, runner=RayRunner())
def in_task(text: str) -> str:
    return work(text)


@coco.fn.as_async(memo=True, runner=RayRunner(actors=2), resources={"cpus": 0, "actor": 1})
def on_actor(text: str) -> str:
    return work(text)


@coco.fn(memo=True)
async def process(name: str, target: localfs.DirTarget) -> None:
    target.declare_file(name, await (in_task if name.startswith("task") else on_actor)(name))


async def app_main() -> None:
    target = await localfs.mount_dir_target(HERE / "out")
    names = [f"{kind}{n}" for n in range(100) for kind in ("task", "acto")]
    await coco.mount_each(process, [(name, name) for name in names], target)


app = coco.App(coco.AppConfig("app"), app_main)
"""
NAMES = [f"{kind}{n}" for n in range(100) for kind in ("task", "acto")]
HELPERS = "import cocoindex as coco\n\n\n@coco.fn\ndef shout(x):\n    return x + '!'\n"
ALONE = """
import asyncio, pathlib, time
import cocoindex as coco
from cocoindex.runners.ray import RayRunner


@coco.fn.as_async(runner=RayRunner(), resources={"cpus": 0, "special": 1})
def work(begun):
    pathlib.Path(begun).touch()
    time.sleep(3600)


if __name__ == "__main__":
    asyncio.run(work("BEGUN"))
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """That of a head with one processor."""
    with nodes.head('--resources={"actor": 1}') as address:
        yield address


def test_a_node_that_is_killed(address: str, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "app", tmp_path / "elsewhere"
    for each in (folder / "calls", folder / "nodes", elsewhere):
        each.mkdir(parents=True)
    (folder / "main.py").write_text(PROGRAM.replace("FOLDER", str(folder)))
    (folder / "helpers.py").write_text(HELPERS)
    (tmp_path / "alone.py").write_text(ALONE.replace("BEGUN", str(tmp_path / "begun")))
    env = {**os.environ, "RAY_ADDRESS": address, "COCOINDEX_DB": str(tmp_path / "store")}
    command, pipe = [sys.executable, "-m", "cocoindex", "update", "../app/main.py"], subprocess.PIPE
    # That node alone has something special.
    with nodes.node(f"--address={address}", '--resources={"actor": 1, "special": 1}') as second:
        alone = subprocess.Popen([sys.executable, "alone.py"], cwd=tmp_path, env=env, stderr=pipe, text=True)
        update = subprocess.Popen(command, cwd=elsewhere, env=env, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        while len([*(folder / "nodes").iterdir()]) < 4 or not (tmp_path / "begun").exists():
            assert alone.poll() is None and update.poll() is None
            time.sleep(0.01)
        nodes.raylet_of(second).send_signal(signal.SIGKILL)
        (folder / "killed").touch()
        said, _ = update.communicate()
        _, alone_said = alone.communicate()
    assert update.returncode == 0, said
    assert {path.name: path.read_text() for path in (folder / "out").iterdir()} == {name: f"{name}!" for name in NAMES}
    last = alone_said.splitlines()[-1]
    assert last.startswith("cocoindex.runners.ray.RayCallError: __main__.work: no node of the Ray cluster has"), last
    assert "what one call needs (special 1); the nodes have: special 0" in last

    for path in (folder / "calls").iterdir():
        path.unlink()
    (folder / "helpers.py").write_text(HELPERS.replace("!", "?"))
    ran = subprocess.run(command, cwd=elsewhere, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert {path.name: path.read_text() for path in (folder / "out").iterdir()} == {name: f"{name}?" for name in NAMES}
    assert {path.name for path in (folder / "calls").iterdir()} == {*NAMES}


LEFT = """
import asyncio, pathlib, sys, time
import cocoindex as coco
from cocoindex.runners.ray import RayClusterError, RayRunner

HERE = pathlib.Path("FOLDER")
TASKS, ACTORS = RayRunner(ADDRESS), RayRunner(ADDRESS, actors=1)


def wait(name):
    (HERE / name).touch()
    time.sleep(3600)


@coco.fn.as_async(runner=TASKS, resources={"cpus": 0.1})
def in_task(name):
    wait(name)


@coco.fn.as_async(runner=ACTORS, resources={"cpus": 0.1})
def on_actor(name):
    wait(name)


async def main():
    calls = [in_task("task1"), in_task("task2"), in_task("task3"), on_actor("actor1"), on_actor("actor2")]
    for result in await asyncio.gather(*calls, return_exceptions=True):
        print(type(result).__name__, result)
    try:
        await in_task("next")
    except RayClusterError as error:
        print(error, flush=True)


if __name__ == "__main__":
    INIT
    asyncio.run(main())
"""


def test_a_head_that_is_killed(address: str, tmp_path: Path) -> None:
    """Also where the program had connected before: Ray then ends it some time later."""
    env = {**os.environ, "RAY_gcs_rpc_server_reconnect_timeout_s": "40"}
    pipe, port = subprocess.PIPE, address.rpartition(":")[2]  # its host may be named in two ways
    folders = tmp_path / "ours", tmp_path / "theirs"
    programs = []
    for folder in folders:
        folder.mkdir()
        connected = LEFT.replace("INIT", f"import ray; ray.init({address!r})").replace("ADDRESS", "None")
        text = connected if folder.name == "theirs" else LEFT.replace("INIT", "").replace("ADDRESS", repr(address))
        (folder / "program.py").write_text(text.replace("FOLDER", str(folder)))
        command = [sys.executable, "program.py"]
        programs.append(subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True))
    while not all((folder / name).exists() for folder in folders for name in ("task1", "actor1")):
        assert all(program.poll() is None for program in programs)
        time.sleep(0.01)
    for process in nodes.processes_of(address):
        process.send_signal(signal.SIGKILL)
    for folder, program in zip(folders, programs, strict=True):
        said, errors = program.communicate()
        lines = said.splitlines()
        assert len(lines) == 6, said + errors
        for line in lines[:5]:
            assert line.startswith("RayClusterError __main__.") and f":{port} has not answered for" in line
            assert line.endswith("or leave it to the RayRunner to connect") == (folder.name == "theirs")
        assert f"no Ray cluster answers at {address}" in lines[5] or f":{port}, to which this program" in lines[5]
