"""What runs in the subprocess of a GPU: takes calls, sends back results or exceptions. Layer: _function."""

from __future__ import annotations

import inspect
import os
import pickle
import signal
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from .._runtime.deadline import under
from ..errors import CallPickleError, GPUProcessError


class _Failure(NamedTuple):
    """An exception on its way: pickles of exceptions hold neither their tracebacks nor their causes."""

    error: BaseException
    text: str
    cause: _Failure | None


def serve(connection: Connection) -> None:
    """Answer calls until the other process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the other process, which waits for calls under way
    try:
        connection.send_bytes(b"ready")
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))
    except (EOFError, OSError):
        return


def unpack_reply(reply: bytes) -> tuple[Any, set[bytes], BaseException | None]:
    """The result, the functions that were reached, and the exception where there is one."""
    try:
        result, reached, failure, pid = pickle.loads(reply)
    except Exception as error:
        cause = f"the result from the GPU subprocess cannot be unpickled here: {type(error).__name__}: {error}"
        return None, set(), CallPickleError(cause)
    if failure is None:
        return result, reached, None
    return None, set(), _unpack(failure, pid)


def _answer(message: bytes) -> bytes:
    from .reached import collecting

    name = "the function"
    try:
        fn, args, kwargs, rest = pickle.loads(message)
        name = getattr(fn, "__qualname__", name)
        with collecting() as reached:
            result = _run(fn, args, kwargs, *rest)
    except BaseException as error:
        return pickle.dumps((None, set(), _pack(error, name), os.getpid()))
    try:
        return pickle.dumps((result, reached, None, os.getpid()), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        refused = CallPickleError(
            f"{name} returned a {type(result).__qualname__} that cannot be pickled to come back from the GPU "
            f"subprocess: {error}"
        )
        return pickle.dumps((None, set(), _Failure(refused, "", None), os.getpid()))


def _run(fn: Any, args: Any, kwargs: Any, allocation: tuple[Any, ...], seconds: float | None) -> Any:
    from .gpu_runner import Allocation, _held

    token = _held.set(Allocation(*allocation))
    try:
        with under(None if seconds is None else time.monotonic() + seconds):
            if not inspect.iscoroutinefunction(fn):
                return fn(*args, **kwargs)
            import asyncio

            return asyncio.run(fn(*args, **kwargs))
    finally:
        _held.reset(token)


def _pack(error: BaseException, name: str) -> _Failure:
    text = "".join(traceback.format_exception(error))
    cause = None if error.__cause__ is None else _pack(error.__cause__, name)
    if not isinstance(error, Exception):
        error = GPUProcessError(f"{name} raised {type(error).__name__}({error}) in the GPU subprocess")
    try:
        copy = pickle.loads(pickle.dumps(error))
        if type(copy) is not type(error) or str(copy) != str(error):
            raise TypeError
    except Exception:
        error = GPUProcessError(
            f"{name} raised {type(error).__qualname__}: {error} in the GPU subprocess, which cannot be pickled"
        )
    return _Failure(error, text, cause)


def _unpack(failure: _Failure, pid: int) -> BaseException:
    error = failure.error
    if failure.text:
        error.add_note(f"In the GPU subprocess {pid}:\n{failure.text.rstrip()}")
    if failure.cause is not None:
        error.__cause__ = _unpack(failure.cause, pid)
    return error
