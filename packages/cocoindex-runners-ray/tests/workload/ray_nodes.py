"""Nodes of Ray that are started as a user does, and end with the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_RAY = str(Path(sys.executable).with_name("ray"))


@contextmanager
def head(**environment: str) -> Iterator[str]:
    """A head with one processor; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with node("--head", f"--port={address.rpartition(':')[2]}", "--include-dashboard=false", **environment):
        yield address


@contextmanager
def node(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A node with one processor."""
    command = [_RAY, "start", *arguments, "--num-cpus=1", "--disable-usage-stats", "--block"]
    env = {**os.environ, **environment}
    started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = ""
        assert started.stdout is not None
        while "Ray runtime started" not in said:
            line = started.stdout.readline()
            assert line, said
            said += line
        yield started
    finally:
        started.terminate()
        started.communicate()


def raylet_of(started: subprocess.Popen[str]) -> psutil.Process:
    """The process that is a node."""
    (raylet,) = [each for each in psutil.Process(started.pid).children() if each.name() == "raylet"]
    return raylet
