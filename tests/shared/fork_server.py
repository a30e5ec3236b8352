"""The server behind `quick_python`: a process that has imported what takes long, and forks for each program.

It has one thread, so that a fork of it is a process like one that has just started. A program runs in `__main__`, and
ends as the interpreter ends.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import struct
import sys
import threading
import warnings
from pathlib import Path
from types import CodeType
from typing import Any

LENGTH = struct.Struct("!I")


# What parts of the core, and the files of localfs, import as they are used.
LAZY = ["csv", "dataclasses", "difflib", "importlib.metadata", "lmdb", "zipfile", "cocoindex.connectors.localfs"]


def serve(control: int) -> CodeType:
    """Import the core, and fork for each program that is asked for; return, in the fork only, what it is to run."""
    for module in [*LAZY, *core_modules()]:
        importlib.import_module(module)
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps what watches the programs
    with socket.socket(fileno=control) as asked:
        while True:
            head, fds, _, _ = socket.recv_fds(asked, LENGTH.size, 4)
            if not head:
                os._exit(0)
            request = json.loads(asked.recv(LENGTH.unpack(head)[0], socket.MSG_WAITALL))
            if not os.fork():
                break
            for fd in fds:
                os.close(fd)
    return become(request, fds)


def core_modules() -> list[str]:
    """Return the names of all modules of the core."""
    source = importlib.import_module("cocoindex").__path__[0]
    found = pkgutil.walk_packages([source], "cocoindex.")
    return [module.name for module in found if module.name.startswith(("cocoindex._", "cocoindex.cli"))]


def become(request: dict[str, Any], fds: list[int]) -> CodeType:
    """Watch a program in this process and return in a fork of it, which is then as one that starts now."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, told = fds
    if pid := os.fork():
        watch(pid, streams, told)
    os.close(told)
    for fd, stream in enumerate(streams):
        os.dup2(stream, fd)
        os.close(stream)
    renew_streams()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    return program(request["args"])


def watch(pid: int, streams: list[int], told: int) -> None:
    """Tell the id of a process, and how it ends."""
    for fd in (0, 1, 2, *streams):
        os.close(fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.write(told, LENGTH.pack(pid))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(told, struct.pack("!i", code))
    os._exit(0)


def renew_streams() -> None:
    """Make the standard streams anew, for the files that have their numbers now."""
    for fd, name in enumerate(("stdin", "stdout", "stderr")):
        old = getattr(sys, name)
        assert isinstance(old, io.TextIOWrapper)
        new = open(  # noqa: SIM115 - it is to stay open
            fd,
            "w" if fd else "r",
            buffering=1 if fd == 2 or os.isatty(fd) else -1,
            encoding=old.encoding,
            errors=old.errors,
            closefd=False,
        )
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def program(args: list[str]) -> CodeType:
    """Set `sys` and `__main__` for the arguments of an interpreter, and return the code to be run."""
    main = sys.modules["__main__"].__dict__
    del main["fork_server"], main["sys"]
    if args[:2] == ["-W", "error"]:
        warnings.simplefilter("error")
        args = args[2:]
    if args[0] == "-c":
        sys.argv = ["-c", *args[2:]]
        sys.path[0] = ""
        return compile(args[1], "<string>", "exec")
    sys.argv = args
    sys.path[0] = str(Path(args[0]).resolve().parent)
    main["__file__"] = args[0]
    return compile(Path(args[0]).read_bytes(), args[0], "exec")
