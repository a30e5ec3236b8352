"""Functions that run in worker processes; these find this module on the path that conftest.py adds."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cocoindex as coco

WORD = coco.ContextKey[str]("process_workload/word")
TRACKED = coco.ContextKey[str]("process_workload/tracked", detect_change=True)
PIPE = coco.ContextKey[Path]("process_workload/pipe")

PLAIN = coco.ProcessRunner(2)
ONE = coco.ProcessRunner(1)
RETRYING = coco.ProcessRunner(1, retries=2)


def provide(context: coco.ContextProvider) -> None:
    context.provide(WORD, "hello")
    context.provide(TRACKED, "there")


async def provide_async(context: coco.ContextProvider) -> None:
    await asyncio.sleep(0)
    context.provide(WORD, "later")


def refuse(context: coco.ContextProvider) -> None:
    raise ValueError("no model here")


def open_pipe(context: coco.ContextProvider) -> None:
    context.provide_with(PIPE, _opened(Path(os.environ["PROCESS_WORKLOAD_PIPE"])))


@contextmanager
def _opened(pipe: Path) -> Iterator[Path]:
    yield pipe
    pipe.write_text("closed")


PROVIDING = coco.ProcessRunner(1, initializer=provide)
PROVIDING_ASYNC = coco.ProcessRunner(1, initializer=provide_async)
OPENING = coco.ProcessRunner(1, initializer=open_pipe)
REFUSING = coco.ProcessRunner(1, initializer=refuse)


@coco.fn.as_async(runner=PLAIN)
def where(x: Any = None) -> tuple[Any, int]:
    return x, os.getpid()


@coco.fn(runner=PLAIN)
async def where_async(x: Any = None) -> tuple[Any, int]:
    await asyncio.sleep(0)
    return x, os.getpid()


@coco.fn.as_async(runner=ONE)
def one(x: Any = None) -> tuple[Any, int]:
    return x, os.getpid()


@coco.fn.as_async(runner=ONE)
async def nested(x: Any) -> tuple[Any, int]:
    return await one(x)


@coco.fn.as_async(runner=ONE)
def die(how: str) -> None:
    if how == "exit":
        os._exit(3)
    os.kill(os.getpid(), signal.SIGKILL)


@coco.fn.as_async(runner=RETRYING)
def die_often(marker: Path, times: int) -> int:
    with marker.open("a") as file:
        file.write("x")
    if len(marker.read_text()) <= times:
        os._exit(9)
    return len(marker.read_text())


@coco.fn.as_async(runner=PLAIN)
def meet(mine: Path, other: Path) -> int:
    """Has two calls say to each other, through pipes, that they have begun: they have to run at once."""
    for path in sorted((mine, other)):
        if path == mine:
            path.write_text("here")
        else:
            said = path.read_text()
    return len(said)


@coco.fn.as_async(runner=PLAIN, batching=True)
def pids(xs: list[int]) -> list[tuple[int, int]]:
    return [(os.getpid(), len(xs)) for _ in xs]


@coco.fn.as_async(runner=PLAIN, batching=True)
def meet_in_batches(pairs: list[tuple[Path, Path]]) -> list[int]:
    return [meet.fn(mine, other) for mine, other in pairs]


class Odd(Exception):
    """An exception with arguments of its own."""

    def __init__(self, code: int, *, detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail

    def __reduce__(self) -> Any:
        return _odd, (self.code, self.detail)


def _odd(code: int, detail: str) -> Odd:
    return Odd(code, detail=detail)


@coco.fn.as_async(runner=ONE)
def fail() -> None:
    raise Odd(7, detail="why")


@coco.fn.as_async(runner=ONE)
def fail_as_a_group() -> None:
    raise ExceptionGroup("both", [KeyError(1), KeyError(2)])


@coco.fn.as_async(runner=ONE)
def fail_for_a_cause() -> None:
    try:
        int("no number")
    except ValueError as error:
        raise KeyError("above") from error


@coco.fn.as_async(runner=ONE)
def started_then_waits(began: Path, may_end: Path) -> None:
    began.write_text(str(os.getpid()))
    may_end.read_text()


@coco.fn.as_async(runner=ONE)
def sleeps(began: Path) -> None:
    began.write_text(str(os.getpid()))
    time.sleep(3600)


@coco.fn(version=1)
def helper() -> int:
    return 1


@coco.fn.as_async(runner=ONE)
def calls_helper() -> int:
    return helper()


@coco.fn.as_async(runner=ONE, batching=True)
def helped(xs: list[int]) -> list[int]:
    return [x + helper() for x in xs]


@coco.fn.as_async(runner=PROVIDING)
def word() -> str:
    return coco.use_context(WORD)


@coco.fn.as_async(runner=PROVIDING)
def tracked_word() -> str:
    return coco.use_context(TRACKED)


@coco.fn.as_async(runner=PROVIDING, batching=True)
def tracked_words(xs: list[int]) -> list[str]:
    return [coco.use_context(TRACKED) for _ in xs]


@coco.fn.as_async(runner=PROVIDING_ASYNC)
def later_word() -> str:
    return coco.use_context(WORD)


@coco.fn.as_async(runner=OPENING)
def pipe_name() -> str:
    return coco.use_context(PIPE).name


@coco.fn.as_async(runner=REFUSING)
def never() -> None: ...


@coco.fn.as_async(runner=ONE)
def no_word() -> str:
    return coco.use_context(WORD)


@coco.fn.as_async(runner=ONE)
def time_left() -> None:
    coco.check_cancellation()


def _gpus() -> tuple[list[int], float | None]:
    return coco.current_gpus(), coco.current_gpu_fraction()


@coco.fn.as_async(runner=PLAIN, resources={"gpus": 1})
def on_a_gpu(mine: Path | None = None, other: Path | None = None) -> tuple[list[int], float | None]:
    if mine is not None and other is not None:
        meet.fn(mine, other)
    return _gpus()


@coco.fn.as_async(runner=PLAIN, resources={"gpus": 1})
def die_on_a_gpu() -> None:
    os._exit(9)


@coco.fn.as_async(runner=PLAIN, resources={"gpus": 0.5})
def on_half_a_gpu(mine: Path, other: Path) -> tuple[list[int], float | None]:
    meet.fn(mine, other)
    return _gpus()


@coco.fn.as_async(runner=PLAIN, resources={"gpus": 2})
def on_two_gpus() -> tuple[list[int], float | None]:
    return _gpus()


@coco.fn.as_async(runner=PLAIN, resources={"gpus": 1.5})
def on_some_gpus() -> None: ...


@coco.fn.as_async(runner=PLAIN)
def on_no_gpu() -> tuple[list[int], float | None]:
    return _gpus()
