"""Functions that run on Ray; its workers find this module on the path that conftest.py adds."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import cocoindex as coco
from cocoindex.runners.ray import RayRunner

TASKS = RayRunner()
NO_RETRIES = RayRunner(max_retries=0)


@coco.fn.as_async(runner=TASKS)
def where(x: Any = None) -> tuple[Any, int]:
    return x, os.getpid()


@coco.fn.as_async(runner=TASKS, batching=True, max_batch_size=8)
def sizes(xs: list[int]) -> list[int]:
    return [len(xs) for _ in xs]


@coco.fn.as_async(runner=TASKS)
def die_once(marker: Path) -> int:
    if not marker.exists():
        marker.touch()
        os._exit(9)
    return 1


@coco.fn.as_async(runner=NO_RETRIES)
def die_once_for_all(marker: Path) -> int:
    return int(die_once.fn(marker))


@coco.fn.as_async(runner=TASKS)
def sleep_for_ever(begun: Path) -> None:
    begun.write_text(str(os.getpid()))
    time.sleep(3600)


@coco.fn.as_async(runner=TASKS, resources={"gpus": 3})
def needs_three_gpus() -> None: ...


@coco.fn.as_async(runner=TASKS, resources={"cpus": 1, "memory": "100MB"})
def needs_memory() -> int:
    return 1


ACTORS = RayRunner(actors=1, max_retries=1)


@coco.fn.as_async(runner=ACTORS)
def die_once_on_an_actor(marker: Path) -> int:
    return int(die_once.fn(marker))


@coco.fn.as_async(runner=ACTORS)
def short_on_actors(ends: bool) -> int:
    if ends:
        os._exit(9)
    return 1


@coco.fn.as_async(runner=RayRunner(max_retries=1))
def short_in_tasks(ends: bool) -> int:
    return int(short_on_actors.fn(ends))


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.01)


@coco.fn.as_async(runner=ACTORS)
def may_stay_on_actors(stays: bool) -> int:
    if stays:
        time.sleep(3600)
    return 1


@coco.fn.as_async(runner=TASKS)
def may_stay_in_tasks(stays: bool) -> int:
    return int(may_stay_on_actors.fn(stays))


ON_GPUS = RayRunner(actors=2, resources={"gpus": 1})


def seen(folder: Path, name: str, others: list[str]) -> tuple[Any, ...]:
    """What a call sees of its GPUs, once it has met the others, and how many of them run."""
    mine = folder / f"{name}.runs"
    for path in (mine, folder / name):
        path.touch()
    count = len([*folder.glob("*.runs")])
    for other in others:
        wait_for(folder / other)
    mine.unlink()
    gpus = coco.current_gpu(), coco.current_gpus(), coco.current_gpu_fraction()
    return os.environ["CUDA_VISIBLE_DEVICES"], *gpus, count


@coco.fn.as_async(runner=TASKS, resources={"cpus": 0.5, "gpus": 1})
def with_a_gpu(folder: Path, name: str, others: list[str]) -> tuple[Any, ...]:
    return seen(folder, name, others)


@coco.fn.as_async(runner=TASKS, resources={"gpus": 0.5})
def with_half_a_gpu(folder: Path, name: str, others: list[str]) -> tuple[Any, ...]:
    return seen(folder, name, others)


@coco.fn.as_async(runner=TASKS, resources={"gpus": 2})
def with_two_gpus(folder: Path) -> tuple[Any, ...]:
    return seen(folder, "two", [])


@coco.fn.as_async(runner=TASKS)
def without_gpus() -> tuple[Any, ...]:
    return coco.current_gpu(), coco.current_gpus()


@coco.fn.as_async(runner=ON_GPUS, batching=True, max_batch_size=1)
def on_actors_with_gpus(names: list[tuple[Path, str, str]]) -> list[tuple[Any, ...]]:
    return [seen(folder, name, [other]) for folder, name, other in names]
