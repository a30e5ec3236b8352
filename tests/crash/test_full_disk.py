"""A disk that is full ends the update with one clear error, loses nothing, and the next update with room converges."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs
from cocoindex.errors import StoreFullError

SMALL, LARGE = "3m", "64m"


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(disk)]
    try:
        mounted = sys.platform == "linux" and subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("only root can mount a small file system here")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def enlarge(disk: pathlib.Path) -> None:
    subprocess.run(["mount", "-o", f"remount,size={LARGE}", str(disk)], check=True)


def copies(folder: pathlib.Path, texts: dict[str, str], db_path: pathlib.Path) -> coco.App[[], None]:
    @coco.fn(memo=True)
    async def copy(text: str, name: str, target: localfs.DirTarget) -> str:
        target.declare_file(filename=name, content=text)
        return text

    @coco.fn
    async def main() -> None:
        target = await localfs.mount_dir_target(folder)
        for name, text in texts.items():
            await coco.mount(coco.component_subpath(name), copy, text, name, target)

    environment = coco.Environment(coco.Settings(db_path=db_path), name=str(db_path))
    return coco.App(coco.AppConfig(name="copies", environment=environment), main)


def contents(folder: pathlib.Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_store_on_a_full_disk(small_disk: pathlib.Path, tmp_path: pathlib.Path) -> None:
    texts = {f"{n}.txt": f"{n} " * 2000 for n in range(600)}  # kept as results of memoized components
    app = copies(tmp_path / "copied", texts, small_disk / "store")
    with pytest.raises(StoreFullError, match="full"):
        app.update_blocking()
    enlarge(small_disk)
    app.update_blocking()
    assert contents(tmp_path / "copied") == texts
    app.drop_blocking()
    assert not (tmp_path / "copied").exists()


def test_target_on_a_full_disk(
    small_disk: pathlib.Path, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = {f"{n}.txt": f"{n} " * 20_000 for n in range(100)}
    app = copies(small_disk / "copied", texts, tmp_path / "store")
    app.update_blocking()
    assert "the disk is full; free some space, and run the update again" in caplog.text
    assert all(texts[name] == text for name, text in contents(small_disk / "copied").items())
    enlarge(small_disk)
    app.update_blocking()
    assert contents(small_disk / "copied") == texts
