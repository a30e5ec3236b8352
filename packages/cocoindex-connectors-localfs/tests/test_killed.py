"""A process that is killed at any moment leaves nothing that the next update, or a drop, does not put right."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import quick_python

PROGRAM = """
import asyncio, os, pathlib, signal, sys
import cocoindex as coco
from cocoindex.connectors import localfs

folder, what, kill_at, *names = sys.argv[1:]
folder = pathlib.Path(folder)
left = int(kill_at)

def counted(function):
    def call(*args, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **options)
    return call

if left == -1:  # as soon as a file is in its place
    replace = os.replace

    def replace_and_die(*args, **options):
        replace(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    os.replace = replace_and_die
elif left:
    for name in ("mkdir", "replace", "unlink", "rmdir", "fsync"):
        setattr(os, name, counted(getattr(os, name)))

@coco.fn(memo=True)
def write(name, target):
    target.declare_file(name, name, create_parent_dirs=True)

@coco.fn
async def main():
    if what == "update":
        target = await localfs.mount_dir_target(folder / "top/out")
        for name in names:
            await coco.mount(coco.component_subpath(name), write, name, target)
    if what == "at once":
        target = await localfs.mount_dir_target(folder / "top/out")
        for name in names:
            target.declare_file(name, name)

async def run():
    environment = coco.Environment(coco.Settings(db_path=folder / "store"))
    app = coco.App(coco.AppConfig("app", environment=environment), main)
    await (app.drop() if what == "drop" else app.update())
    environment.close()

asyncio.run(run())
"""
FIRST = ("a", "d/b", "d/e/c", "gone/f")
SECOND = ("a", "d/b", "new/g", "d/e")


def run(folder: Path, what: str, *names: str, kill_at: int = 0) -> bool:
    """Run the program; returns whether it was killed."""
    done = quick_python.run(["-c", PROGRAM, folder, what, str(kill_at), *names])
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): "/" if path.is_dir() else path.read_text() for path in folder.rglob("*")
    }


def files(folder: Path) -> dict[str, str]:
    return {name: text for name, text in tree(folder).items() if text != "/"}


@pytest.mark.parametrize(
    ("there", "kill_at"), [("no folder", 1), ("an empty folder", 3), ("a folder of somebody else", 5)]
)
def test_at_many_steps(tmp_path: Path, there: str, kill_at: int) -> None:
    killed = True
    while killed:
        kill_at += 9
        folder = tmp_path / str(kill_at)
        out = folder / "top/out"
        folder.mkdir()
        if there != "no folder":
            (out / "d" if "somebody" in there else out).mkdir(parents=True)
        if "somebody" in there:
            (out / "theirs").write_text("theirs")
            (out / "d/theirs").write_text("theirs")
        before = tree(out)
        theirs = files(out)
        killed = run(folder, "update", *FIRST, kill_at=kill_at)
        if not killed:
            killed = run(folder, "update", *SECOND, kill_at=max(1, kill_at - 30))
        run(folder, "update", *SECOND)
        run(folder, "update", *SECOND)
        assert files(out) == {name: name for name in SECOND} | theirs, f"killed at step {kill_at}"
        run(folder, "drop", kill_at=max(1, kill_at % 7))
        run(folder, "drop")
        assert tree(out) == before, f"killed at step {kill_at}"
        assert out.exists() == (there != "no folder")


@pytest.mark.parametrize("names", [("b",), ("a", "b")])
def test_between_the_write_ahead_and_the_commit(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A file of the very content that was there before is not ours, one that was written then is."""
    out = tmp_path / "top/out"
    out.mkdir(parents=True)
    (out / "a").write_text("a")
    before = tree(out)
    assert run(tmp_path, "at once", "a", "b", kill_at=-1)
    assert files(out) == {"a": "a", "b": "b"}
    run(tmp_path, "at once", *names)
    run(tmp_path, "drop")
    assert tree(out) == before
