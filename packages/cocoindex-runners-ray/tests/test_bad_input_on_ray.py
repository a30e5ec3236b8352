"""Whatever is wrong with a call, a program or a worker is one clear line, and nothing hangs."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors
from cocoindex.runners.ray import RayClusterError, RayRunner, _cluster

workload: Any = importlib.import_module("ray_workload")  # found on the path that conftest.py adds
pytestmark = pytest.mark.ray
NOWHERE = "127.0.0.1:1"
PROGRAM = """
import asyncio, os, time
import cocoindex as coco
from cocoindex.runners.ray import RayRunner


@coco.fn.as_async(runner=RayRunner("ADDRESS"OPTIONS))
def work():
    time.sleep(SECONDS)
    return 5


GUARDprint(asyncio.run(work()))
"""


def run(
    folder: Path, address: str, *, guard: bool = True, options: str = "", seconds: float = 0, **environment: str
) -> str:
    """Run a program with a function on Ray; returns the last line that it says."""
    program = PROGRAM.replace("ADDRESS", address).replace("OPTIONS", options).replace("SECONDS", str(seconds))
    (folder / "program.py").write_text(program.replace("GUARD", "if __name__ == '__main__':\n    " * guard))
    env = {**os.environ, **environment}
    ran = subprocess.run([sys.executable, "program.py"], cwd=folder, env=env, capture_output=True, text=True)
    return (ran.stdout + ran.stderr).splitlines()[-1]


def test_what_cannot_be_sent_is_named_with_its_function_and_closure(local_ray: None) -> None:
    lock = __import__("threading").Lock()

    def captures() -> Any:
        return lock

    @coco.fn.as_async(runner=workload.TASKS)
    def local() -> None: ...

    with pytest.raises(errors.CallPickleError, match=r"argument 1 of ray_workload\.where .* captured lock"):
        asyncio.run(workload.where(captures))
    with pytest.raises(errors.CallPickleError, match=r"<locals>\.local cannot run .*top level of a module"):
        asyncio.run(local())


def test_a_call_that_cannot_begin_needs_no_cluster() -> None:
    runner = RayRunner(NOWHERE)
    with pytest.raises(coco.DeadlineExceededError, match=r"the call of builtins\.len"):
        asyncio.run(runner.execute(len, ([],), {}, deadline=0.0))
    with pytest.raises(errors.CallPickleError, match=r"argument 1 of builtins\.len"):
        asyncio.run(runner.execute(len, (lambda: 1,), {}))


def test_an_address_beside_a_connection_of_the_program(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cluster, "_current", None)  # which runners of other tests keep
    for same in (address, f"localhost:{address.rpartition(':')[2]}", "auto"):
        assert asyncio.run(use(RayRunner(same))) == 1
    with pytest.raises(RayClusterError, match=f"connected to the Ray cluster at {address}, and .* at {NOWHERE}"):
        asyncio.run(use(RayRunner(NOWHERE)))


async def use(runner: RayRunner) -> Any:
    runner.start()
    try:
        return await runner.execute(len, ([1],), {})
    finally:
        runner.stop()


def test_a_program_that_begins_its_work_when_it_is_imported(address: str, tmp_path: Path) -> None:
    said = run(tmp_path, address, guard=False)
    assert said.startswith("cocoindex.runners.ray.RayCallError: ") and "below `if __name__ == '__main__':`" in said


def test_a_worker_without_the_package(address: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "cocoindex").mkdir(parents=True)
    (other / "cocoindex" / "__init__.py").touch()
    (tmp_path / "app").mkdir()
    options = f', runtime_env={{"env_vars": {{"PYTHONPATH": {str(other)!r}}}}}'
    said = run(tmp_path / "app", address, options=options)
    assert said.startswith("cocoindex.runners.ray.RayCallError: the call of __main__.work on Ray has no result: ")
    assert "has no cocoindex: install cocoindex-core and cocoindex-runners-ray" in said


@pytest.fixture
def of_another_version(address: str) -> Iterator[str]:
    """The address of a cluster that says that another version of Ray started it."""
    worker: Any = importlib.import_module("ray._private.worker")
    store = worker.global_worker.gcs_client
    key = b"CLUSTER_METADATA"
    before = store.internal_kv_get(key, namespace=b"cluster")
    store.internal_kv_put(key, json.dumps({**json.loads(before), "ray_version": "2.1.0"}).encode(), True, b"cluster")
    yield address
    store.internal_kv_put(key, before, True, b"cluster")


def test_a_cluster_of_another_version(of_another_version: str, tmp_path: Path) -> None:
    said = run(tmp_path, of_another_version)
    assert said.startswith("cocoindex.runners.ray.RayClusterError: ") and "Ray: 2.1.0" in said
    assert said.endswith("install the cluster's versions of Python and Ray here")
