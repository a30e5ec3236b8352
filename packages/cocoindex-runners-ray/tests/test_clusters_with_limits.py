"""A cluster that asks for a token, and one whose memory runs out."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

nodes: Any = importlib.import_module("ray_nodes")  # found on the path that conftest.py adds
pytestmark = pytest.mark.ray
PROGRAM = """
import asyncio, time
import cocoindex as coco
from cocoindex.runners.ray import RayRunner


@coco.fn.as_async(runner=RayRunner("ADDRESS"))
def work(seconds):
    time.sleep(seconds)
    return 5


if __name__ == "__main__":
    print(asyncio.run(work(SECONDS)))
"""


def run(folder: Path, address: str, environment: dict[str, str], seconds: float = 0) -> str:
    """Run a program with a function on Ray; returns the last line that it says."""
    (folder / "program.py").write_text(PROGRAM.replace("ADDRESS", address).replace("SECONDS", str(seconds)))
    env = {**os.environ, **environment}
    ran = subprocess.run([sys.executable, "program.py"], cwd=folder, env=env, capture_output=True, text=True)
    return (ran.stderr or ran.stdout).splitlines()[-1]


def test_a_token(tmp_path: Path) -> None:
    """A token is asked for by any cluster that was started where there is one, and sent where the mode says so."""
    right = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "a-token-for-this-test"}
    with nodes.head(**right) as address:
        assert run(tmp_path, address, right) == "5"
        for wrong, advice in (
            (
                {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "another-token"},
                "set RAY_AUTH_TOKEN (or RAY_AUTH_TOKEN_PATH)",
            ),
            ({"RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN": right["RAY_AUTH_TOKEN"]}, "set RAY_AUTH_MODE=token, so"),
        ):
            said = run(tmp_path, address, wrong)
            assert said.startswith("cocoindex.runners.ray.RayClusterError: ") and f"at {address} cannot be used" in said
            assert f"; if the cluster asks for a token, {advice}" in said


def test_a_worker_out_of_memory(tmp_path: Path) -> None:
    always_short = {"RAY_memory_usage_threshold": "0.0", "RAY_memory_monitor_refresh_ms": "100"}
    with nodes.head(**always_short) as address:
        said = run(tmp_path, address, {"RAY_task_oom_retries": "1"}, 3600)
    assert said.startswith("cocoindex.runners.ray.RayCallError: the call of __main__.work on Ray has no result")
    assert "its worker ran out of memory; give the function resources={'memory': ...}" in said
