"""A live update as a process of its own, which the tests write changes to."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import quick_python

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

# Each line `+KEY` or `-KEY` of the standard input is a change; their number is the position. What is applied is printed
# and kept in a file.
APP = """
import asyncio, os, pathlib, sys, threading, time
import cocoindex as coco

kept = pathlib.Path("kept.txt")

def say(what):
    print(what, flush=True)

def apply(context, actions):
    names = set(kept.read_text().split()) if kept.exists() else set()
    for name, is_there in actions:
        if name.startswith("slow"):
            say("applying")
            while not pathlib.Path("go on").exists():
                time.sleep(0.01)
        names = names | {name} if is_there else names - {name}
    kept.write_text(" ".join(sorted(names)))
    if actions:
        say(f"applied {sorted(name for name, _ in actions)}")

sink = coco.TargetActionSink.from_fn(apply)

class Names:
    def reconcile(self, key, desired, prev_possible_records, prev_may_be_missing, /):
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, False), sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(record == desired for record in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, True), sink, desired)

names = coco.register_root_target_states_provider("test/names", Names())

@coco.fn
async def keep(name):
    if name.startswith("bad"):
        raise ValueError(name)
    coco.declare_target_state(names.target_state(name, True))

class Lines:
    async def watch(self, subscriber):
        loop = asyncio.get_running_loop()
        changes, rest = asyncio.Queue(), b""

        def read():
            nonlocal rest
            *lines, rest = (rest + os.read(0, 4096)).split(b"\\n")
            for line in lines:
                changes.put_nowait(line.decode())

        count = await subscriber.read_committed_state("cursor") or 0
        say(f"from {count}")
        await subscriber.update("first", "first")
        await subscriber.mark_ready()
        loop.add_reader(0, read)
        try:
            while change := await changes.get():
                key = change[1:]
                await (subscriber.update(key, key) if change[0] == "+" else subscriber.delete(key))
                count += 1
                await subscriber.checkpoint(count)
        finally:
            loop.remove_reader(0)
            say("left")

@coco.fn
async def main():
    await coco.mount_each(keep, Lines())
    say("main")

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield
    say("closed")

app = coco.App("Live", main)
if __name__ == "__main__":
    if "async" in sys.argv:
        asyncio.run(app.update(live=True, report_to_stdout=True).result())
    else:
        app.update_blocking(live=True, report_to_stdout=True)
"""

SLOW = """
import asyncio, pathlib
import cocoindex as coco

@coco.fn
async def main():
    print("slow", flush=True)
    await asyncio.Event().wait()

app = coco.App(coco.AppConfig("Slow", environment=coco.Environment(coco.Settings(pathlib.Path("app.db")))), main)
"""


@contextlib.contextmanager
def going_on(shell: Shell, *args: str, app: str = APP) -> Iterator[quick_python.Running]:
    """The command with these arguments, or a live update of `live.py`; killed at the end."""
    shell.write("live.py", app)
    shell.write("slow.py", SLOW)
    command = [str(Path(sys.executable).with_name("cocoindex")), *(args or ("update", "-L", "live.py"))]
    with running(shell, command) as process:
        yield process


@contextlib.contextmanager
def running(shell: Shell, command: list[str]) -> Iterator[quick_python.Running]:
    """A process in the folder; killed at the end."""
    with quick_python.running(command, cwd=shell.folder) as process:
        yield process


def said(process: quick_python.Running, beginning: str) -> str:
    """The next line that begins so."""
    lines = []
    for line in process.stdout:
        if line.startswith(beginning):
            return line.rstrip("\n")
        lines.append(line)
    raise AssertionError(f"it ended without {beginning!r}: {lines}, {process.stderr.read()}")


def tell(process: quick_python.Running, *changes: str) -> None:
    """Have it see changes."""
    process.stdin.write("".join(change + "\n" for change in changes))
    process.stdin.flush()
