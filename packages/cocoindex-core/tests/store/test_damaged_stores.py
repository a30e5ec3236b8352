"""Whatever is damaged in a store, looking at it, updating and dropping end: with success or with one error of ours.

LMDB itself ends the process at some damage (a failed assertion in it, or a page behind the end of the file), which
nothing above it can prevent.
"""

from __future__ import annotations

import collections
import os
import pathlib
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")

COPIES = 60
LMDB_ENDS_IT = {-signal.SIGABRT, -signal.SIGBUS, -signal.SIGSEGV}

PROGRAM = """
import asyncio, faulthandler, logging, os, pathlib, random, shutil, signal, sys
import cocoindex as coco
from cocoindex import inspect
from cocoindex.errors import CocoIndexError
from cocoindex.testing import RecordingContainers, RecordingTarget

logging.disable()
target, containers = RecordingTarget("target"), RecordingContainers("containers")

@coco.fn(memo=True)
def call(number):
    return "x" * number

@coco.fn(memo=True)
async def leaf(number):
    target.declare(("leaf", number), call(number))

@coco.fn
async def node(number):
    target.declare(("node", number), call(number + 100))
    for child in range(2 if number else 0):
        await coco.mount(coco.component_subpath(child), node, number - 1)
    await coco.mount_each(leaf, [(("leaf", child), number * 10 + child) for child in range(3)])

@coco.fn
async def main():
    table = await coco.mount_target(containers.table("table"))
    for number in range(30):
        coco.declare_target_state(table.target_state(number, number))
    await coco.mount(node, 3)

async def show(app):
    for read in (inspect.iter_stable_paths, inspect.iter_stable_path_details, inspect.iter_target_states):
        async for item in read(app):
            str(item)

async def ls(app):
    with app.environment._stored() as database:
        database.list_apps()

async def update(app):
    await app.update()

async def drop(app):
    await app.drop()

def run(path, actions, say):
    for action in actions:
        environment = coco.Environment(coco.Settings(db_path=path))
        app = coco.App(coco.AppConfig("app", environment=environment), main)
        say(f"{action.__name__} ")
        try:
            asyncio.run(action(app))
        except CocoIndexError as error:
            say(f"error {type(error).__name__}\\n")
        except BaseException as error:
            say(f"raw {error!r}\\n")
        else:
            say("done\\n")
        environment.close()

def damaged(data, chance):
    data = bytearray(data)
    kind = chance.choice(["bit", "byte", "bytes", "page", "another page", "number"])
    for _ in range(chance.choice([1, 1, 3])):
        at = chance.randrange(len(data))
        if kind == "bit":
            data[at] ^= 1 << chance.randrange(8)
        elif kind == "byte":
            data[at] = chance.randrange(256)
        elif kind == "bytes":
            data[at : at + 16] = chance.randbytes(len(data[at : at + 16]))
        elif kind == "number":
            at, number = at // 8 * 8, chance.choice([0, 1, chance.randrange(40), 2**64 - 1])
            data[at : at + 8] = number.to_bytes(8, "little")
        else:
            source = chance.randrange(len(data)) // 4096 * 4096
            at = at // 4096 * 4096
            data[at : at + 4096] = bytes(4096) if kind == "page" else data[source : source + 4096]
    return bytes(data)

folder = pathlib.Path(sys.argv[1])
run(folder / "whole", [update, update], lambda text: None)
whole = (folder / "whole" / "data.mdb").read_bytes()
for seed in range(int(sys.argv[2])):
    path = folder / str(seed)
    (path / "locks").mkdir(parents=True)
    (path / "data.mdb").write_bytes(damaged(whole, random.Random(seed)))
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        signal.alarm(120)
        run(path, [show, ls, update, update, drop], lambda text: os.write(1, text.encode()))
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(1, f"ended {status}\\n".encode())
    shutil.rmtree(path)
"""


def test_every_action_ends(tmp_path: pathlib.Path) -> None:
    run = subprocess.run([sys.executable, "-c", PROGRAM, tmp_path, str(COPIES)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    ends = collections.Counter(int(line.split()[-1]) for line in run.stdout.splitlines() if "ended" in line)
    assert ends.keys() - LMDB_ENDS_IT == {0} and ends.total() == COPIES, run.stdout
    assert ends[0] > COPIES / 2
    actions = [line.split(" ", 2) for line in run.stdout.splitlines() if "ended" not in line]
    assert {what for _, what, *_ in actions} == {"done", "error"}, [line for line in actions if line[1] == "raw"]
