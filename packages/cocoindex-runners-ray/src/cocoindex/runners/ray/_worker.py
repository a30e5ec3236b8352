"""The code that runs in workers of the cluster: it answers calls, several short ones in one task."""

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
    """The settings that a worker needs before it can answer.

    Attributes:
        paths: folders of the caller's modules, for workers on a machine that has these folders.
        main: the name under which to import the caller's main module; None if it cannot be imported.
        initializer: the pickled initializer for a `coco.RemoteWorker`.
    """

    paths: tuple[str, ...]
    main: str | None
    initializer: bytes


class Answers(NamedTuple):
    """The result of a task.

    Attributes:
        replies: one reply for each call.
        seconds: the total duration of the calls.
        failure: why the worker could not be set up; empty if it could.
    """

    replies: list[bytes]
    seconds: float
    failure: str


_workers: dict[bytes, coco.RemoteWorker] = {}
_importing_main = False


def is_importing_main() -> bool:
    """Say whether this worker is importing the program's main module, which must not start its work then."""
    return _importing_main


def answer(setup: bytes, messages: list[bytes], amount_of_gpus: float) -> Answers:
    """Answer calls one after another.

    Args:
        setup: the pickled `Setup` of the worker.
        messages: the pickled calls.
        amount_of_gpus: the GPUs of each call; a number below 1 is a share of one GPU.
    """
    try:
        worker = _workers.get(setup) or _make(setup)
    except BaseException as error:  # user code may raise anything
        return Answers([], 0.0, f"{type(error).__name__}: {error}")
    gpus = _gpus() if amount_of_gpus else None
    fraction = amount_of_gpus if 0 < amount_of_gpus < 1 else 1.0
    begun = time.perf_counter()
    replies = [worker.answer(message, gpus=gpus, fraction=fraction) for message in messages]
    return Answers(replies, time.perf_counter() - begun, "")


class Actor:
    """A long-lived worker, which keeps what its initializer loaded."""

    def ping(self) -> tuple[str, int]:
        """Return the id of its node and its process id; the answer shows that the actor is ready."""
        return str(ray().get_runtime_context().get_node_id()), os.getpid()

    def answer(self, setup: bytes, messages: list[bytes], amount_of_gpus: float) -> Answers:
        """Answer calls one after another; see `answer`."""
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
    """Import the caller's main module under its name, so that code below `if __name__ == "__main__":` does not run."""
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return sys.modules["__main__"]  # calls of its functions then fail with an error that names them


def _gpus() -> tuple[int, ...]:
    """Return the GPUs of this call, as positions in `CUDA_VISIBLE_DEVICES`, which Ray has set to them."""
    return tuple(range(len(ray().get_gpu_ids())))
