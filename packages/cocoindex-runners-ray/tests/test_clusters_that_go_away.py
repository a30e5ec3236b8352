"""A cluster that goes away in the middle of calls fails them with one clear line; the program goes on with the next."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

nodes: Any = importlib.import_module("ray_nodes")  # found on the path that conftest.py adds
pytestmark = pytest.mark.ray
PROGRAM = """
import asyncio, pathlib, sys, time
import cocoindex as coco
from cocoindex.runners.ray import RayClusterError, RayRunner

HERE = pathlib.Path("FOLDER")
TASKS, ACTORS = RayRunner("ADDRESS"), RayRunner("ADDRESS", actors=1)


def wait(name):
    (HERE / name).touch()
    time.sleep(3600)


@coco.fn.as_async(runner=TASKS, resources={"cpus": 0.2})
def in_task(name):
    wait(name)


@coco.fn.as_async(runner=ACTORS, resources={"cpus": 0.2})
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
    asyncio.run(main())
"""


def test_it(tmp_path: Path) -> None:
    with nodes.head() as address:
        (tmp_path / "program.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)).replace("ADDRESS", address))
        env = {**os.environ, "RAY_gcs_rpc_server_reconnect_timeout_s": "40"}
        command, pipe = [sys.executable, "program.py"], subprocess.PIPE
        program = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=pipe, stderr=pipe, text=True)
        while not all((tmp_path / name).exists() for name in ("task1", "actor1")) and program.poll() is None:
            time.sleep(0.01)
        for process in nodes.processes_of(address):
            process.send_signal(signal.SIGKILL)
        said, errors = program.communicate()
    lines = said.splitlines()
    assert len(lines) == 6, said + errors
    for line in lines[:5]:
        assert line.startswith("RayClusterError __main__.") and f"at {address} has not answered for" in line
    assert lines[5].startswith(f"no Ray cluster answers at {address}")
