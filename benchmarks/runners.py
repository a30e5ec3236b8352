"""Measures what runners cost the calling process for calls that do nothing, and how far workers speed work up.

    python benchmarks/runners.py [--calls 2000] [--ray]

Ours alone: cocoindex 1.0.26 has no runners of this kind. CPU is that of this process, user and system, so that it may
be measured on a busy machine; the speed-up is wall time, and means nothing on one.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import cocoindex as coco

WORKERS = 2
PROCESSES = coco.ProcessRunner(WORKERS)


def spin(milliseconds: float) -> None:
    """Keep a processor busy."""
    until = time.thread_time() + milliseconds / 1000
    while time.thread_time() < until:
        pass


def nothing(x: int) -> int:
    return x


def nothing_in_batches(xs: list[int]) -> list[int]:
    return xs


@coco.fn.as_async
def here(x: int) -> int:
    return nothing(x)


@coco.fn.as_async
def busy_here(milliseconds: float) -> None:
    spin(milliseconds)


@coco.fn.as_async(runner=PROCESSES)
def in_processes(x: int) -> int:
    return nothing(x)


@coco.fn.as_async(runner=PROCESSES, batching=True, max_batch_size=32)
def in_processes_in_batches(xs: list[int]) -> list[int]:
    return nothing_in_batches(xs)


@coco.fn.as_async(runner=PROCESSES)
def busy_in_processes(milliseconds: float) -> None:
    spin(milliseconds)


async def cpu_of(call: Callable[[int], Awaitable[Any]], count: int) -> tuple[float, float]:
    """Seconds of CPU of this process, and of the clock, for that many calls at once."""
    await asyncio.gather(*(call(x) for x in range(64)))  # so that the workers are there
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(call(x) for x in range(count)))
    return time.process_time() - cpu, time.perf_counter() - wall


async def wall_of(call: Callable[[float], Awaitable[None]], count: int) -> float:
    await asyncio.gather(*(call(0) for _ in range(2 * WORKERS)))
    wall = time.perf_counter()
    await asyncio.gather(*(call(20) for _ in range(count)))
    return time.perf_counter() - wall


async def measure(calls: int, with_ray: bool) -> None:
    cases: dict[str, Callable[[int], Awaitable[Any]]] = {
        "threads": here,
        "ProcessRunner": in_processes,
        "ProcessRunner, batches of 32": in_processes_in_batches,
    }
    busy: dict[str, Callable[[float], Awaitable[None]]] = {"ProcessRunner": busy_in_processes}
    if with_ray:
        import runners_on_ray as on_ray

        cases |= {"RayRunner": on_ray.on_ray, "RayRunner, batches of 32": on_ray.on_ray_in_batches}
        busy["RayRunner"] = on_ray.busy_on_ray
    print(f"| {calls} calls of a function that does nothing | CPU of the caller, s | wall, s |\n| --- | --- | --- |")
    for name, call in cases.items():
        cpu, wall = await cpu_of(call, calls)
        print(f"| {name} | {cpu:.2f} | {wall:.2f} |")
    print(f"\n| 100 calls of 20 ms, {WORKERS} workers | times as fast as threads |\n| --- | --- |")
    threads = await wall_of(busy_here, 100)
    for name, work in busy.items():
        print(f"| {name} | {threads / await wall_of(work, 100):.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=2000, help="how many calls that do nothing")
    parser.add_argument("--ray", action="store_true", help="also on Ray, which has to be installed")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.calls, arguments.ray))


if __name__ == "__main__":
    main()
