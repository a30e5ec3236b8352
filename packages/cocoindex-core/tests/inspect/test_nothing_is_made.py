"""Whoever looks at an app writes nothing: not where it never ran, nor where nothing can be written."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingTarget


async def everything(app: coco.App[..., Any]) -> list[object]:
    found: list[object] = [path async for path in inspect.iter_stable_paths(app)]
    found += [detail async for detail in inspect.iter_stable_path_details(app)]
    found += [state async for state in inspect.iter_target_states(app)]
    found.append(await inspect.get_stable_path_detail(app, coco.ROOT_PATH))
    return found


def files_of(folder: pathlib.Path) -> dict[str, bytes]:
    """What is in the files, but for LMDB's list of who reads."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() if path.name != "lock.mdb" else b"" for path in files}


async def test_of_an_app_that_never_ran(tmp_path: pathlib.Path) -> None:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "folder" / "store"))
    app = coco.App(coco.AppConfig("never", environment=environment), lambda: None)
    (detail,) = await everything(app)
    assert detail == inspect.StablePathDetail(coco.ROOT_PATH, inspect.StablePathNodeType.directory)
    assert not (tmp_path / "folder").exists()


async def test_a_drop_of_an_app_that_never_ran(tmp_path: pathlib.Path) -> None:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "folder" / "store"))
    await coco.App(coco.AppConfig("never", environment=environment), lambda: None).drop()
    assert not (tmp_path / "folder").exists()


async def test_of_an_app_beside_one_that_ran(tmp_path: pathlib.Path) -> None:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))

    @coco.fn
    async def main() -> None: ...

    await coco.App(coco.AppConfig("ran", environment=environment), main).update()
    environment.close()
    before = files_of(tmp_path / "store")
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    assert len(await everything(coco.App(coco.AppConfig("never", environment=environment), main))) == 1
    environment.close()
    assert files_of(tmp_path / "store") == before


LOOK = """
import asyncio, pathlib, sys
import cocoindex as coco
from cocoindex import inspect
environment = coco.Environment(coco.Settings(db_path=pathlib.Path(sys.argv[1])))
app = coco.App(coco.AppConfig("ran", environment=environment), lambda: None)
print([str(path) for path in inspect.list_stable_paths_sync(app)])
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can mount")
def test_on_a_mount_for_reading(tmp_path: pathlib.Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    target = RecordingTarget()

    @coco.fn
    async def main() -> None:
        target.declare("key", 1)

    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    coco.App(coco.AppConfig("ran", environment=environment), main).update_blocking()
    environment.close()
    mount = (
        f'mount --bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path} && touch {tmp_path}/x; exec "$@"'
    )
    command = ["unshare", "-m", "sh", "-c", mount, "sh", sys.executable, "-c", LOOK, str(tmp_path / "store")]
    run = subprocess.run(command, capture_output=True, text=True)
    if "Read-only file system" not in run.stderr:
        pytest.skip(f"mounts are not allowed here: {run.stderr}")
    assert run.stdout == "['/']\n", run
