"""A call on Ray has the GPUs that it asks for, and knows which; a cluster may claim GPUs that are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.ray
PROGRAM = """
import asyncio, os, pathlib, time
import ray
import cocoindex as coco
from cocoindex.runners.ray import RayRunner

HERE = pathlib.Path("FOLDER")
TASKS, ACTORS = RayRunner(), RayRunner(actors=2, resources={"gpus": 1})


def seen(name, others):
    (HERE / name).touch()
    while not all((HERE / other).exists() for other in others):  # so that they run at once
        time.sleep(0.01)
    return os.environ["CUDA_VISIBLE_DEVICES"], coco.current_gpu(), coco.current_gpus(), coco.current_gpu_fraction()


@coco.fn.as_async(runner=TASKS, resources={"gpus": 1})
def whole(name, others):
    return seen(name, others)


@coco.fn.as_async(runner=TASKS, resources={"gpus": 0.5})
def half(name, others):
    return seen(name, others)


@coco.fn.as_async(runner=TASKS, resources={"gpus": 2})
def two():
    return seen("two", [])


@coco.fn.as_async(runner=TASKS)
def none():
    return coco.current_gpu(), coco.current_gpus()


@coco.fn.as_async(runner=ACTORS, batching=True, max_batch_size=1)
def on_actors(names):
    return [seen(name, [other]) for name, other in names]


async def main():
    for function in (whole, half):
        name = function.fn.__name__
        print(name, sorted(await asyncio.gather(*(function(f"{name}{n}", [f"{name}{1 - n}"]) for n in range(2)))))
    print("two", await two())
    print("none", await none())
    pairs = ("actor0", "actor1"), ("actor1", "actor0")
    ACTORS.start()
    print("actors", sorted(await asyncio.gather(*map(on_actors, pairs))))
    ACTORS.stop()


if __name__ == "__main__":
    ray.init(address="local", num_cpus=4, num_gpus=2, include_dashboard=False, log_to_driver=False)
    asyncio.run(main())
"""


def test_it(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)))
    ran = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    said = dict(line.split(" ", 1) for line in ran.stdout.splitlines())
    each = [("0", 0, [0], 1.0), ("1", 0, [0], 1.0)]
    assert said == {
        "whole": str(each),
        "half": str([("0", 0, [0], 0.5)] * 2),
        "two": str(("0,1", 0, [0, 1], 1.0)),
        "none": "(None, [])",
        "actors": str(each),
    }
