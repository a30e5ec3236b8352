"""Files have the same names, and are the same files, in a process that takes names for ASCII as in one of UTF-8."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, json, os, pathlib, sys
import cocoindex as coco
from cocoindex.connectors import localfs

SOURCE, OUTPUT = coco.ContextKey("source"), coco.ContextKey("output")
folder = pathlib.Path(sys.argv[1])
ran = []

@coco.fn(memo=True)
async def copy(file, target):
    ran.append(file.file_path.as_posix())
    assert str(file.file_path.resolve()).endswith(os.fsdecode(file.file_path.name.encode("utf-8", "surrogateescape")))
    target.declare_file(file.file_path.path, await file.read(), create_parent_dirs=True)

@coco.fn
async def main():
    target = await localfs.mount_dir_target(OUTPUT)
    target.declare_file("by name \\u00e9/e", "text", create_parent_dirs=True)
    localfs.declare_file(folder / "caf\\u00e9 alone", "text")
    await coco.mount_each(copy, localfs.walk_dir(SOURCE, recursive=True).items(), target)

async def update():
    context = coco.ContextProvider()
    context.provide(SOURCE, folder / "source")
    context.provide(OUTPUT, folder / "output")
    failures = []
    environment = coco.Environment(
        coco.Settings(db_path=folder / "store"), context_provider=context,
        exception_handler=lambda error, _: failures.append(repr(error)),
    )
    app = coco.App(coco.AppConfig("app", environment=environment), main)
    await (app.drop() if sys.argv[2:] else app.update())
    environment.close()
    print(json.dumps([sys.getfilesystemencoding(), sorted(ran), failures]))

asyncio.run(update())
"""
NAMES = ["plain", "caf\u00e9", "\u65e5\u672c/\u8a9e", "\U0001f389", "und\udcff"]


def run(folder: Path, encoding: str, *arguments: str) -> list[str]:
    """Run the program in a process that takes the file system for one of `encoding`; returns what was copied."""
    import json

    settings = {"PYTHONUTF8": "1"} if encoding == "utf-8" else {"PYTHONUTF8": "0", "LC_ALL": "C"}
    command = [sys.executable, "-c", PROGRAM, str(folder), *arguments]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    used, ran, failures = json.loads(done.stdout)
    if used != encoding:
        pytest.skip(f"names are {used} here, whatever the locale")
    assert failures == []
    return list(ran)


def found(folder: Path) -> dict[bytes, int]:
    """The files below, by the bytes of their names, with what tells whether they were written again."""
    top = os.fsencode(folder)
    paths = [os.path.join(where, name) for where, _, names in os.walk(top) for name in names]
    return {os.path.relpath(path, top): os.stat(path).st_ino for path in paths}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.write_text("text")
        except OSError:
            pytest.skip("this file system takes UTF-8 only")
    return tmp_path


@pytest.mark.parametrize("first", ["utf-8", "ascii"])
def test_switching_changes_nothing(folder: Path, first: str) -> None:
    second = "ascii" if first == "utf-8" else "utf-8"
    assert run(folder, first) == sorted(NAMES)
    written = found(folder / "output")
    names = [*NAMES, "by name \u00e9/e"]
    assert written.keys() == {name.encode("utf-8", "surrogateescape") for name in names}
    assert run(folder, second) == []
    assert found(folder / "output") == written
    (folder / "source" / NAMES[2]).unlink()
    assert run(folder, second) == []
    assert len(found(folder / "output")) == len(written) - 1
    run(folder, first, "drop")
    assert not (folder / "output").exists()
    assert not (folder / "caf\u00e9 alone").exists()
    assert len(found(folder / "source")) == len(NAMES) - 1
