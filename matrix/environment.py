"""A clean environment of one cell: what is installed into it by pip or uv, and what is run in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from matrix.cells import PIP
from matrix.outcome import Ended, Outcome

_MINUTES = 20
# Of the session that the matrix itself runs in.
_NOT_INHERITED = ("PYTHONPATH", "UV_PYTHON", "VIRTUAL_ENV")


def execute(
    command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None, minutes: int = _MINUTES
) -> subprocess.CompletedProcess[str]:
    """Run a command; standard error and output come together. After `minutes` it is ended, with exit code 124."""
    env = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED} | dict(variables or {})
    line = [str(part) for part in command]
    # In a group of its own, so that the terminal's Ctrl-C comes once, and with all that it starts it can be ended.
    process = subprocess.Popen(
        line, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said, _ = process.communicate(timeout=minutes * 60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return subprocess.CompletedProcess(line, 124, f"{said}\nended after {minutes} minutes")
    return subprocess.CompletedProcess(line, process.returncode, said)


def demand(command: Sequence[str | Path], folder: Path, doing: str, *, minutes: int = _MINUTES) -> str:
    """Run a command that has to succeed; return what it printed.

    Raises:
        Ended: it failed, or took longer than `minutes`.
    """
    done = execute(command, folder, minutes=minutes)
    if done.returncode:
        raise Ended(Outcome.FAILED, f"{doing}: {last_line(done.stdout)}", done.stdout)
    return done.stdout


def last_line(text: str) -> str:
    """Return the last line with something in it, which says most where a program failed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it printed nothing"


class Environment:
    """A clean environment in `folder`.

    Args:
        folder: where it is made, in a folder of its own that programs run in.
        interpreter: of the Python that it is for.
        links: a folder with wheels of ours that are needed but not named.
        build_tools: what pip builds with; without, it gets that anew for each distribution. What lies there is no part
            of the environment.
        pip_wheels: a folder that pip takes all from, else from the index.
    """

    def __init__(
        self,
        folder: Path,
        interpreter: Path,
        links: Sequence[Path],
        build_tools: Path | None = None,
        pip_wheels: Path | None = None,
    ) -> None:
        self.folder = folder
        self._build_tools = build_tools
        self._pip_wheels = pip_wheels
        self.python = folder / "env" / "bin" / "python"
        self._links = [part for link in links for part in ("--find-links", str(link))]
        folder.mkdir(parents=True, exist_ok=True)
        uv = (sys.executable, "-m", "uv", "venv", "-q", "--no-project", "--python", interpreter, folder / "env")
        demand(uv, folder, "making an environment")

    def install(self, installer: str, requirements: Sequence[str | Path], constraints: Path | None = None) -> None:
        """Install these requirements.

        Raises:
            Ended: the installer fails.
        """
        done = self.try_to_install(installer, requirements, constraints)
        if done.returncode:
            raise Ended(Outcome.FAILED, f"{installer} does not install it: {last_line(done.stdout)}", done.stdout)

    def try_to_install(
        self, installer: str, requirements: Sequence[str | Path], constraints: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Install these requirements, or have the installer say why not."""
        limits = [] if constraints is None else ["-c", str(constraints)]
        variables: dict[str, str] = {}
        if installer == PIP:
            command = [sys.executable, "-m", "pip", "--python", str(self.python), "install", "-q", "--no-compile"]
            if self._pip_wheels is not None:
                command += ["--no-index", "--find-links", str(self._pip_wheels)]
            if self._build_tools is not None:
                command += ["--no-build-isolation", "--ignore-installed"]
                variables["PYTHONPATH"] = str(self._build_tools)
        else:
            command = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", str(self.python)]
        return execute([*command, *self._links, *limits, *requirements], self.folder, variables)

    def check(self) -> None:
        """Look for requirements that are missing or do not fit.

        Raises:
            Ended: there are such.
        """
        command = (sys.executable, "-m", "uv", "pip", "check", "--python", self.python)
        demand(command, self.folder, "what was installed does not fit together")

    def run(self, *arguments: str | Path, doing: str) -> str:
        """Run this environment's Python; return what it printed.

        Raises:
            Ended: it fails.
        """
        return demand([self.python, *arguments], self.folder, doing)
