"""The subprocess of one GPU, as this process sees it: calls go there one at a time; a dead one is replaced.

Layer: _runners.
"""

from __future__ import annotations

import multiprocessing
import pickle
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING, Any, Final

from .._described import described
from .._function.reached import collecting
from .._runtime.daemon_threads import leaked
from ..errors import CallPickleError, GPUProcessError
from . import gpu_worker

if TYPE_CHECKING:
    from .._function.gpu_allocation import Allocation

_ENDS_IN_SECONDS: Final = 5.0
_LOOK_UP_SECONDS: Final = 0.005

_Job = tuple["Future[tuple[Any, set[bytes]]]", Callable[[], tuple[Any, set[bytes]]]]


class GPUProcess:
    """Runs calls in a subprocess, which it starts when the first comes, and again after it died."""

    def __init__(self, gpu: int) -> None:
        self._gpu = gpu
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        # As a daemon it holds up nobody who wants to exit; the subprocess is one, too, and ends with us.
        threading.Thread(target=self._serve, name=f"cocoindex-gpu-process-{gpu}", daemon=True).start()

    def submit(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        allocation: Allocation,
        deadline: float | None,
    ) -> Future[tuple[Any, set[bytes]]]:
        """Queue a call; its future has the result, and the fingerprints of the functions that it reached."""
        future: Future[tuple[Any, set[bytes]]] = Future()
        self._jobs.put((future, lambda: self._call(fn, args, kwargs, allocation, deadline)))
        return future

    def _serve(self) -> None:
        while True:
            future, call = self._jobs.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except StopIteration as exc:
                future.set_exception(leaked(exc))
            except BaseException as exc:
                future.set_exception(exc)
            del future, call

    def _call(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        allocation: Allocation,
        deadline: float | None,
    ) -> tuple[Any, set[bytes]]:
        name = f"{getattr(fn, '__module__', '?')}.{getattr(fn, '__qualname__', fn)}"
        seconds = None if deadline is None else deadline - time.monotonic()
        message = _pickled(name, fn, args, kwargs, ((allocation.gpus, allocation.fraction), seconds))
        connection = self._started(name)
        try:
            connection.send_bytes(message)
            reply = self._receive(connection)
        except (EOFError, OSError):
            raise self._died(f"while it ran {name}") from None
        result, reached, failure = gpu_worker.unpack_reply(reply)
        if failure is not None:
            raise failure
        return result, reached

    def _started(self, name: str) -> Connection:
        """The connection to a process that is alive and has said so."""
        if self._process is not None and self._process.is_alive() and self._connection is not None:
            return self._connection
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=gpu_worker.serve, args=(theirs,), name=f"cocoindex-gpu-{self._gpu}", daemon=True
        )
        try:
            self._process.start()
            theirs.close()
            self._receive(self._connection)
        except (EOFError, OSError):
            raise self._died(
                f"when it started, to run {name} (a program that uses it has to begin its work below "
                "`if __name__ == '__main__':`, since the subprocess imports its main module)"
            ) from None
        return self._connection

    def _receive(self, connection: Connection) -> bytes:
        """The next message; EOFError where the process ends without one."""
        assert self._process is not None
        wait([connection, self._process.sentinel])
        if not connection.poll():
            raise EOFError
        return connection.recv_bytes()

    def _died(self, when: str) -> GPUProcessError:
        process, self._process = self._process, None
        assert process is not None and self._connection is not None
        self._connection.close()
        _end(process)
        code = process.exitcode
        memory = ". If nobody sent that signal, memory ran out" if code == -signal.SIGKILL else ""
        return GPUProcessError(
            f"the subprocess of GPU {self._gpu} {_how(code)} {when}; that call has failed, and the next one "
            f"starts a new process{memory}",
            code,
        )


def _end(process: SpawnProcess) -> None:
    """Wait for the end of a process that has lost its connection; kill it where it does not end."""
    until = time.monotonic() + _ENDS_IN_SECONDS
    while process.is_alive() and time.monotonic() < until:
        time.sleep(_LOOK_UP_SECONDS)  # join() with a time limit waits for ever where its own pipe is closed, too
    if process.is_alive():
        process.kill()
    process.join()


def _how(exitcode: int | None) -> str:
    """How a process ended."""
    if exitcode is None or exitcode >= 0:
        return f"exited with code {exitcode}"
    try:
        return f"was killed by {signal.Signals(-exitcode).name}"
    except ValueError:
        return f"was killed by signal {-exitcode}"


def _pickled(name: str, fn: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], rest: Any) -> bytes:
    try:
        with collecting():  # what it reaches there comes back
            return pickle.dumps((fn, args, dict(kwargs), rest), pickle.HIGHEST_PROTOCOL)
    except CallPickleError:
        raise
    except BaseException as error:  # whatever user code raises
        raise CallPickleError(
            f"{_culprit(fn, args, kwargs)} of {name} cannot be pickled, which it has to be to go to the GPU subprocess "
            f"({described(error)}); pass something that can be, or unset COCOINDEX_RUN_GPU_IN_SUBPROCESS"
        ) from error


def _culprit(fn: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    parts = {f"argument {number}": value for number, value in enumerate(args, 1)}
    parts |= {f"argument {name!r}": value for name, value in kwargs.items()}
    for what, value in parts.items():
        try:
            pickle.dumps(value)
        except BaseException:  # whatever user code raises
            return what
    return "the function"
