"""The installed `cocoindex` command, run as a process in a folder of its own, and an app for it."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import quick_python

# Keeps a file out/NAME.txt for each line of names.txt, and one component fails for a line `bad`.
APP = """
import pathlib
import cocoindex as coco

def apply(context, actions):
    for name, text in actions:
        file = pathlib.Path("out", name + ".txt")
        if text is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)

sink = coco.TargetActionSink.from_fn(apply)

class Files:
    def reconcile(self, key, desired, prev_possible_records, prev_may_be_missing, /):
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(record == desired for record in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), sink, desired)

files = coco.register_root_target_states_provider("test/files", Files())

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield

@coco.fn
def keep(name):
    if name == "bad":
        raise ValueError("a bad\\nname")
    coco.declare_target_state(files.target_state(name, name.upper()))

@coco.fn
async def main():
    for name in pathlib.Path("names.txt").read_text().split():
        if name == "fatal":
            raise RuntimeError("cannot go on")
        await coco.mount(coco.component_subpath("files", name), keep, name)

app = coco.App("Names", main)
"""


@dataclass(frozen=True)
class Result:
    """How a command ended: its exit code, and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """A folder in which commands are run."""

    folder: Path

    def write(self, name: str, text: str) -> None:
        """Write a file in the folder."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def run(self, *args: str, answer: str = "", cwd: str = "", anew: bool = False, **env: str) -> Result:
        """Run `cocoindex ARGS`, with `answer` on its standard input and these environment variables.

        `anew`, or with variables that the interpreter reads, the process imports all that it needs by itself.
        """
        command = [str(Path(sys.executable).with_name("cocoindex")), *args]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("COCOINDEX_")}
        anew = anew or any(name.startswith("PYTHON") for name in env)
        run = functools.partial(subprocess.run, capture_output=True, text=True) if anew else quick_python.run
        done = run(command, input=answer, cwd=self.folder / cwd, env=plain | env)
        return Result(done.returncode, done.stdout, done.stderr)

    def made(self) -> list[str]:
        """Return the names of the files that the app made."""
        return sorted(path.stem for path in self.folder.glob("out/*.txt"))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return an empty folder to run commands in."""
    return Shell(tmp_path)


@pytest.fixture
def app(shell: Shell) -> Callable[[str], None]:
    """Put the app into the folder; the function returned sets the names that it keeps files for."""
    shell.write("app.py", APP)
    shell.write("names.txt", "one two")
    return lambda names: shell.write("names.txt", names)
