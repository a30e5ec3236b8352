"""The code that runs in workers of the cluster: answers calls, several short ones in one task."""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import cocoindex as coco

from ._ray import ray


class Setup(NamedTuple):
    """What a worker needs before it can answer.

    Attributes:
        paths: folders where the caller's modules are, on a machine that shares them.
        main: the name under which the caller's main module is imported here.
        initializer: what a `coco.RemoteWorker` is made with, pickled.
    """

    paths: tuple[str, ...]
    main: str | None
    initializer: bytes


class Answers(NamedTuple):
    """What a task gives back.

    Attributes:
        replies: one for each call.
        seconds: how long the calls took in all.
        failure: why no worker could be made, where none could.
    """

    replies: list[bytes]
    seconds: float
    failure: str


_workers: dict[bytes, coco.RemoteWorker] = {}
_importing_main = False


def is_importing_main() -> bool:
    """Whether this is a worker that imports the main module of a program, which then should not begin its work."""
    return _importing_main


def answer(setup: bytes, messages: list[bytes], amount_of_gpus: float) -> Answers:
    """Answer calls, one after the other, by a worker with a pickled `Setup`; each has that much of the GPUs."""
    try:
        worker = _workers.get(setup) or _make(setup)
    except BaseException as error:  # whatever user code raises
        return Answers([], 0.0, f"{type(error).__name__}: {error}")
    gpus = _gpus() if amount_of_gpus else None
    fraction = amount_of_gpus if 0 < amount_of_gpus < 1 else 1.0
    begun = time.perf_counter()
    replies = [worker.answer(message, gpus=gpus, fraction=fraction) for message in messages]
    return Answers(replies, time.perf_counter() - begun, "")


class Actor:
    """A worker that stays, with what its initializer loaded."""

    def ping(self) -> tuple[str, int]:
        """Answer that it is there: on which node, as which process."""
        return str(ray().get_runtime_context().get_node_id()), os.getpid()

    def answer(self, setup: bytes, messages: list[bytes], amount_of_gpus: float) -> Answers:
        """Answer calls, one after the other."""
        return answer(setup, messages, amount_of_gpus)


def _make(packed: bytes) -> coco.RemoteWorker:
    setup: Setup = pickle.loads(packed)
    sys.path.extend(path for path in setup.paths if path not in sys.path)
    if setup.main is not None:
        global _importing_main
        _importing_main = True
        try:
            sys.modules["__main__"] = _main_module(setup.main)
        finally:
            _importing_main = False
    initializer: Callable[[coco.ContextProvider], Any] | None = pickle.loads(setup.initializer)
    worker = _workers[packed] = coco.RemoteWorker(initializer)
    return worker


def _main_module(name: str) -> ModuleType:
    """The caller's main module, imported under its name, so that what is for running it as a program does not run."""
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return sys.modules["__main__"]  # its functions are told to be missing, by their names


def _gpus() -> tuple[int, ...]:
    """The GPUs of this call, numbered as in `CUDA_VISIBLE_DEVICES`, which Ray sets to them."""
    return tuple(range(len(ray().get_gpu_ids())))
