"""What runs in the subprocess of a GPU: takes calls, sends back results or exceptions. Layer: _runners."""

from __future__ import annotations

import inspect
import os
import pickle
import signal
import time
import traceback
from multiprocessing.connection import Connection
from typing import Any, Final, NamedTuple

from .._described import add_note, described, text_of
from .._function.gpu_allocation import Allocation, holding
from .._function.reached import collecting
from .._runtime.deadline import under
from ..errors import CallPickleError, GPUProcessError


class _Failure(NamedTuple):
    """An exception on its way: pickles of exceptions hold neither their tracebacks nor their causes."""

    error: BaseException
    text: str
    cause: _Failure | None


_MOST_CAUSES: Final = 20


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
    except BaseException as error:  # whatever user code raises
        cause = f"the result from the GPU subprocess cannot be unpickled here: {described(error)}"
        return None, set(), CallPickleError(cause)
    if failure is None:
        return result, reached, None
    return None, set(), _unpack(failure, pid)


def _answer(message: bytes) -> bytes:
    """The reply to one call; whatever the user's function, its result and its exceptions do, there is one."""
    name = "the function"
    try:
        fn, args, kwargs, rest = pickle.loads(message)
        name = getattr(fn, "__qualname__", name)
        with collecting() as reached:
            result = _run(fn, args, kwargs, *rest)
    except BaseException as error:
        return _failed(_pack(error, name, _MOST_CAUSES))
    try:
        return pickle.dumps((result, reached, None, os.getpid()), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        refused = CallPickleError(
            f"{name} returned a {type(result).__qualname__} that cannot be pickled to come back from the GPU "
            f"subprocess: {described(error)}"
        )
        return _failed(_Failure(refused, "", None))


def _failed(failure: _Failure) -> bytes:
    return pickle.dumps((None, set(), failure, os.getpid()))


def _run(fn: Any, args: Any, kwargs: Any, allocation: tuple[Any, ...], seconds: float | None) -> Any:
    with holding(Allocation(*allocation)), under(None if seconds is None else time.monotonic() + seconds):
        if not inspect.iscoroutinefunction(fn):
            return fn(*args, **kwargs)
        import asyncio

        return asyncio.run(fn(*args, **kwargs))


def _pack(error: BaseException, name: str, most: int) -> _Failure:
    """An exception as it can travel, with up to `most` causes, which may go in a circle."""
    cause = None if error.__cause__ is None or most == 0 else _pack(error.__cause__, name, most - 1)
    text = _traceback_of(error)
    if not isinstance(error, Exception):
        error = GPUProcessError(f"{name} raised {type(error).__name__}({text_of(error)}) in the GPU subprocess")
    elif not _travels(error):
        error = GPUProcessError(f"{name} raised {described(error)} in the GPU subprocess, which cannot be pickled")
    return _Failure(error, text, cause)


def _travels(error: BaseException) -> bool:
    """Whether the other process gets an equal exception, of which all can be had there."""
    try:
        copy = pickle.loads(pickle.dumps(error))
        return type(copy) is type(error) and str(copy) == str(error)
    except BaseException:  # whatever user code raises
        return False


def _traceback_of(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except BaseException:  # whatever user code raises
        return "".join(traceback.format_tb(error.__traceback__)) + described(error)


def _unpack(failure: _Failure, pid: int) -> BaseException:
    error = failure.error
    if failure.text:
        add_note(error, f"In the GPU subprocess {pid}:\n{failure.text.rstrip()}")
    if failure.cause is not None:
        object.__setattr__(error, "__cause__", _unpack(failure.cause, pid))  # also where the class refuses it
    return error
