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
def head(*arguments: str, **environment: str) -> Iterator[str]:
    """A head, with one processor unless it is told another number; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    # What no test looks at takes as long to start as what they do.
    spared = "--include-dashboard=false", "--no-monitor"
    with node("--head", f"--port={address.rpartition(':')[2]}", *spared, *arguments, **environment):
        yield address


@contextmanager
def node(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A node, with one processor unless it is told another number."""
    options = "--disable-usage-stats", "--include-log-monitor=false", "--num-cpus=1"
    command = [_RAY, "start", "--block", *options, *arguments]
    env = {**os.environ, **environment}
    started = next(each for each in (_started(command, env) for _ in range(5)) if each is not None)
    try:
        yield started
    finally:
        started.terminate()
        started.communicate()


def _started(command: list[str], env: dict[str, str]) -> subprocess.Popen[str] | None:
    """A node that has said that it runs; None where it took itself too long, as on a machine that is busy."""
    started = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    assert started.stdout is not None
    while "Ray runtime started" not in said:
        line = started.stdout.readline()
        said += line
        if not line:
            started.communicate()
            assert "timed out during startup" in said, said
            return None
    return started


def raylet_of(started: subprocess.Popen[str]) -> psutil.Process:
    """The process that is a node."""
    (raylet,) = [each for each in psutil.Process(started.pid).children() if each.name() == "raylet"]
    return raylet


def processes_of(address: str) -> list[psutil.Process]:
    """The processes of a head: that which knows the cluster, and that which is a node."""
    names = ("gcs_server", "raylet")
    port = address.rpartition(":")[2]
    found = psutil.process_iter(["name", "cmdline"])
    return [each for each in found if each.info["name"] in names and port in " ".join(each.info["cmdline"] or [])]
