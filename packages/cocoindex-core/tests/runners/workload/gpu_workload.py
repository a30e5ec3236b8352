"""Functions that run in the GPU subprocess; it finds this module on the path that conftest.py adds."""

from __future__ import annotations

import asyncio
import ctypes
import dataclasses
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cocoindex as coco


@coco.fn.as_async(runner=coco.GPU)
def where(x: Any = None) -> tuple[Any, int]:
    return x, os.getpid()


@coco.fn.as_async(runner=coco.GPU)
async def where_async(x: Any = None) -> tuple[Any, int]:
    return x, os.getpid()


@coco.fn.as_async(runner=coco.GPU(0.5))
def allocation() -> tuple[int | None, list[int], float | None]:
    return coco.current_gpu(), coco.current_gpus(), coco.current_gpu_fraction()


@coco.fn.as_async(runner=coco.GPU)
async def nested(x: Any) -> tuple[Any, int]:
    return await where(x)


@coco.fn.as_async(runner=coco.GPU)
def die(how: str) -> None:
    if how == "exit":
        os._exit(3)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "segfault":
        _no_traceback_of_faults()
        ctypes.string_at(0)
    if how == "sys.exit":
        sys.exit(4)
    if how == "interrupt":
        raise KeyboardInterrupt


@coco.fn.as_async(runner=coco.GPU)
def die_once(marker: Path) -> int:
    if not marker.exists():
        marker.touch()
        os._exit(9)
    return os.getpid()


class Picky(Exception):
    """Its pickle cannot be read: its initializer takes more than it keeps."""

    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


@coco.fn.as_async(runner=coco.GPU)
def fail(how: str) -> Any:
    if how == "plain":
        raise KeyError("boom", how)
    if how == "cause":
        try:
            fail_below()
        except ZeroDivisionError as error:
            raise ValueError("above") from error
    if how == "picky":
        raise Picky(1, 2)
    if how == "ours":
        coco.get_component_context()
    return threading.Lock()


def fail_below() -> None:
    raise ZeroDivisionError("below")


class Model:
    def __init__(self, name: str) -> None:
        self.name = name

    @coco.fn.as_async(runner=coco.GPU)
    def run(self, x: int) -> tuple[str, int]:
        return self.name, x

    @classmethod
    @coco.fn.as_async(runner=coco.GPU)
    def make(cls, name: str) -> str:
        return cls(name).name

    @coco.fn.as_async(runner=coco.GPU, batching=True)
    def embed(self, texts: list[str]) -> list[tuple[str, int]]:
        return [(self.name + text, len(texts)) for text in texts]


@coco.fn.as_async(runner=coco.GPU, batching=True)
def embed(xs: list[int]) -> list[int]:
    try:
        if 3 in xs:
            raise KeyError(3)
    except KeyError as error:
        raise coco.RetryWithSmallerBatch() from error
    return xs


@coco.fn.as_async(runner=coco.GPU)
def check_time() -> float | None:
    coco.check_cancellation()
    return inner_time()


@coco.fn
def inner_time() -> float:
    return 1.0


@coco.fn(version=1)
def helper() -> int:
    return 1


@coco.fn.as_async(runner=coco.GPU)
def calls_helper() -> int:
    return helper()


@coco.fn.as_async(runner=coco.GPU)
def meet(began: Path, may_end: Path) -> int:
    """Says through one pipe that it has begun, and waits at the other."""
    began.write_text("begun")
    may_end.read_text()
    return os.getpid()


def _no_traceback_of_faults() -> None:
    import faulthandler

    faulthandler.disable()


@coco.fn.as_async(runner=coco.GPU)
def hold(pipe: str) -> None:
    """Writes into a pipe and keeps it open."""
    _held.append(open(pipe, "w", buffering=1))  # noqa: SIM115  # for as long as this process lives
    _held[-1].write("held")
    _held[-1].flush()


_held: list[Any] = []


@coco.fn
def increment(number: int) -> int:
    return number + 1


@coco.fn.as_async(runner=coco.GPU)
def apply(function: Any, number: int) -> Any:
    return function(number)


class Unprintable(Exception):
    def __str__(self) -> str:
        raise SystemExit("no text")


class EndsWhoPickles(Exception):
    def __reduce__(self) -> Any:
        raise SystemExit("pickled")


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    value: int = 1


class Circle(Exception):
    """Its cause has it as its cause."""

    def __init__(self, text: str = "circle") -> None:
        super().__init__(text)
        other = ValueError("other")
        other.__cause__, self.__cause__ = self, other


RAISED: dict[str, Callable[[], BaseException]] = {
    "plain": lambda: ValueError("plain"),
    "base": lambda: BaseException("base"),
    "group": lambda: BaseExceptionGroup("group", [KeyboardInterrupt()]),
    "frozen": Frozen,
    "unprintable": Unprintable,
    "unpicklable": EndsWhoPickles,
    "circle": Circle,
    "stop": lambda: StopIteration(1),
    "cancelled": asyncio.CancelledError,
    "generator exit": GeneratorExit,
    "exit": lambda: SystemExit(3),
    "huge": lambda: ValueError("x" * 5_000_000),
}


@coco.fn.as_async(runner=coco.GPU)
def throw(how: str) -> None:
    raise RAISED[how]()


@coco.fn.as_async(runner=coco.GPU)
async def throw_async(how: str) -> None:
    raise RAISED[how]()


@coco.fn.as_async(runner=coco.GPU)
def give(value: Any) -> Any:
    return EndsWhoPickles() if value == "unpicklable" else value


@coco.fn.as_async(runner=coco.GPU)
def lose_connection() -> None:
    """Close what the process talks through, and hang."""
    os.closerange(3, 1024)
    threading.Event().wait()
