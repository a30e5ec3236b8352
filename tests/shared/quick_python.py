"""Programs in Python that run as processes of their own and start in milliseconds; see `fork_server`.

What a program imports is imported once, not once a program; all else is as with `subprocess`. Two servers take turns,
so that a process and the next one have different hash seeds, as two that are started. What the interpreter does as it
starts, and what is imported when, is to be checked with `subprocess`.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

Argument = str | os.PathLike[str]


class Process:
    """A program that runs, as `subprocess.Popen` shows it."""

    def __init__(
        self, args: Sequence[Argument], streams: Sequence[IO[str]], cwd: Path | None, env: Mapping[str, str] | None
    ) -> None:
        self.args = [os.fspath(each) for each in args]
        self.returncode: int | None = None
        request = {"args": self.args, "cwd": str(cwd or Path.cwd()), "env": dict(os.environ if env is None else env)}
        message = json.dumps(request).encode()
        server = next(servers())
        self._told, told = socket.socketpair()
        with told:
            fds = [*(stream.fileno() for stream in streams), told.fileno()]
            socket.send_fds(server, [struct.pack("!I", len(message))], fds)
            server.sendall(message)
        (self.pid,) = struct.unpack("!I", self._told.recv(4, socket.MSG_WAITALL))

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, once it has; a signal as a negative number."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                (self.returncode,) = struct.unpack("!i", self._told.recv(4, socket.MSG_WAITALL))
            except TimeoutError:
                raise subprocess.TimeoutExpired(self.args, timeout or 0) from None
            self._told.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return how it ended, or None if it runs."""
        try:
            return self.wait(0.0)
        except (subprocess.TimeoutExpired, BlockingIOError):
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class Running(Process):
    """A program whose standard streams are pipes."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def communicate(self, input: str = "", timeout: float | None = None) -> tuple[str, str]:
        """Give it its last input, and return what it has printed and not been read, once it has ended.

        What it prints meanwhile has to fit into the pipes.
        """
        with contextlib.suppress(BrokenPipeError):
            self.stdin.write(input)
            self.stdin.close()
        self.wait(timeout)
        return self.stdout.read(), self.stderr.read()


def run(
    args: Sequence[Argument],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str = "",
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; return what it printed.

    `args` are those of the interpreter: `[FILE, …]` or `["-c", CODE, …]`, and before them `"-W", "error"`.
    """
    with (
        tempfile.TemporaryFile("w+") as stdin,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        stdin.write(input)
        stdin.seek(0)
        process = Process(args, [stdin, out, err], cwd, env)
        try:
            process.wait(timeout)
        finally:
            process.send_signal(signal.SIGKILL)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(process.args, process.wait(), out.read(), err.read())


@contextlib.contextmanager
def running(
    args: Sequence[Argument], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Start a program whose standard streams are pipes; it is killed at the end."""
    with contextlib.ExitStack() as pipes:
        (read_in, write_in), (read_out, write_out), (read_err, write_err) = (os.pipe() for _ in range(3))
        theirs = [
            pipes.enter_context(open(fd, mode)) for fd, mode in ((read_in, "r"), (write_out, "w"), (write_err, "w"))
        ]
        ours = [pipes.enter_context(open(fd, mode)) for fd, mode in ((write_in, "w"), (read_out, "r"), (read_err, "r"))]
        process = Running(args, theirs, cwd, env)
        process.stdin, process.stdout, process.stderr = ours
        for stream in theirs:
            stream.close()
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@functools.cache
def servers() -> Iterator[socket.socket]:
    """Start two servers, and return the connections to them in turn, without end."""
    return itertools.cycle([start_server(), start_server()])


def start_server() -> socket.socket:
    """Start a server that ends with this process."""
    ours, control = socket.socketpair()
    with control:
        here = str(Path(__file__).parent)
        code = (
            f"import sys; sys.path.insert(0, {here!r}); import fork_server; del sys.path[0]; "
            f"exec(fork_server.serve({control.fileno()}))"
        )
        server = subprocess.Popen([sys.executable, "-c", code], pass_fds=[control.fileno()])

    def stop() -> None:
        ours.close()
        server.wait()

    atexit.register(stop)
    return ours
