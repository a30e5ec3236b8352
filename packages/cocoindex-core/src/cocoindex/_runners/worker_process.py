"""A worker process as the process sees it that calls it: started when it is needed, and again after it died.

Layer: _runners.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from .._described import described
from ..errors import CallPickleError, RemoteCallError, WorkerDiedError
from .remote_call import RemoteCall
from .travelling_error import TravellingError, unpack_error
from .worker_main import READY, serve

_ENDS_IN_SECONDS: Final = 5.0
_LOOK_UP_SECONDS: Final = 0.005


class WorkerProcess:
    """Runs one call at a time in a process of its own.

    Args:
        name: what messages call the process.
        initializer: what its `RemoteWorker` gets.
        died: the class of the exception where it ends without a reply.
    """

    def __init__(self, name: str, initializer: Any = None, died: type[WorkerDiedError] = WorkerDiedError) -> None:
        self._name = name
        self._initializer = initializer
        self._error = died
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self._killed = False

    def begin(self) -> None:
        """Called before each `answer`; from then on, `kill` is meant for that."""
        if self._killed and self._process is not None:
            self.close()  # it was killed when its call had just ended
        self._killed = False

    def answer(self, call: RemoteCall) -> bytes:
        """Have it answer a call; blocks until it has.

        Raises:
            CallPickleError: (a TypeError) the call, or the initializer, cannot be pickled.
            WorkerDiedError: (a RuntimeError) it ended before it had a reply, or was killed.
            RemoteCallError: (a RuntimeError) its initializer raised.
        """
        message = call.pack()
        if not self._sent(message, call):
            self._died("")  # while it had nothing to do: the call goes to another one
            if self._killed or not self._sent(message, call):
                raise self._died(f"before it ran {call.name}")
        try:
            return self._receive()
        except (EOFError, OSError):
            raise self._died(f"while it ran {call.name}") from None

    def kill(self) -> None:
        """End it at once, in the middle of its call; the next one starts it anew."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Let it end, its initializer's context managers included; it is killed where it does not soon."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            _end(self._process)
        self._process = self._connection = None

    def _sent(self, message: bytes, call: RemoteCall) -> bool:
        """Send a message to the process; False where that is gone, which then has not read it as a whole."""
        connection = self._started(call)
        try:
            connection.send_bytes(message)
        except OSError:
            return False
        return True

    def _started(self, call: RemoteCall) -> Connection:
        """The connection to a process that is alive and has said so."""
        if self._process is not None and self._process.is_alive() and self._connection is not None:
            return self._connection
        initializer = self._pickled_initializer(call)
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, initializer), name=self._name, daemon=True)
        try:
            process.start()
        except Exception as error:  # there are too many processes, or this one may have none
            self._connection.close()
            raise self._error(f"{self._name} could not be started to run {call.name}: {described(error)}") from error
        finally:
            theirs.close()
        self._process = process
        with self._lock:
            if self._killed:
                process.kill()
        try:
            said = self._receive()
        except (EOFError, OSError):
            raise self._died(f"when it started, to run {call.name}", advice=True) from None
        if said != READY:
            self.close()
            raise self._not_initialized(said, call)
        return self._connection

    def _pickled_initializer(self, call: RemoteCall) -> bytes:
        try:
            return pickle.dumps(self._initializer)
        except BaseException as error:  # whatever user code raises
            name = getattr(self._initializer, "__qualname__", self._initializer)
            raise CallPickleError(
                f"the initializer {name} of {call.place} cannot be pickled ({described(error)}): define it at the top "
                "level of a module"
            ) from error

    def _not_initialized(self, said: bytes, call: RemoteCall) -> RemoteCallError:
        name = getattr(self._initializer, "__qualname__", repr(self._initializer))
        cause = unpack_error(TravellingError(*pickle.loads(said)), name, call.place, RemoteCallError)
        error = RemoteCallError(
            f"{self._name} could not run {call.name}: its initializer {name} raised {described(cause)}"
        )
        error.__cause__ = cause
        return error

    def _receive(self) -> bytes:
        """The next message; EOFError where the process ends without one."""
        process, connection = self._process, self._connection
        assert process is not None and connection is not None
        wait([connection, process.sentinel])
        if not connection.poll():
            raise EOFError
        return connection.recv_bytes()

    def _died(self, when: str, advice: bool = False) -> WorkerDiedError:
        process, self._process = self._process, None
        if self._connection is not None:
            self._connection.close()
        code = None
        if process is not None:
            _end(process)
            code = process.exitcode
        memory = ". If nobody sent that signal, memory ran out" if code == -signal.SIGKILL and not self._killed else ""
        if advice and code is not None and code > 0:
            when += f" ({_advice()})"
        return self._error(
            f"{self._name} {_how(code)} {when}; that call has failed, and the next one starts a new process{memory}",
            code,
        )


def _advice() -> str:
    """Why the start of a process may fail, which imports the main module of the program."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if file is not None and not os.path.exists(file):
        return f"it has to import the program's main module, and {file} is no file: run the program from a file"
    return (
        "a program that uses it has to begin its work below `if __name__ == '__main__':`, since the subprocess imports "
        "its main module"
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
