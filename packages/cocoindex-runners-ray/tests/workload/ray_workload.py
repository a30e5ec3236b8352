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


@coco.fn.as_async(runner=TASKS, resources={"gpus": 1})
def needs_a_gpu() -> None: ...


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
