"""The functions of `runners.py` on Ray, which is imported only where it is measured."""

from __future__ import annotations

import time

import cocoindex as coco
from cocoindex.runners.ray import RayRunner

RAY = RayRunner(init_options={"num_cpus": 2})


@coco.fn.as_async(runner=RAY)
def on_ray(x: int) -> int:
    return x


@coco.fn.as_async(runner=RAY, batching=True, max_batch_size=32)
def on_ray_in_batches(xs: list[int]) -> list[int]:
    return xs


@coco.fn.as_async(runner=RAY)
def busy_on_ray(milliseconds: float) -> None:
    until = time.thread_time() + milliseconds / 1000
    while time.thread_time() < until:
        pass
