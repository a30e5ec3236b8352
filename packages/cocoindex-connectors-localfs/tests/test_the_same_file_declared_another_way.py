"""A file or folder that is declared another way than before is the same: it stays, and only what changed is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

HERE = coco.ContextKey[Path]("test/same_file/here")
THERE = coco.ContextKey[Path]("test/same_file/there")

Way = Callable[[Path, str], object]


@coco.fn
async def in_folder(out: Path, content: str) -> None:
    target = await localfs.mount_dir_target(out)
    target.declare_file(filename="a.txt", content=content)


@coco.fn
async def in_relative_folder(out: Path, content: str) -> None:
    relative = os.path.relpath(out)  # noqa: ASYNC240  # it only computes
    target = await localfs.mount_dir_target(Path(relative))
    target.declare_file(filename="a.txt", content=content)


@coco.fn
async def in_folder_of_a_key(out: Path, content: str) -> None:
    target = await localfs.mount_dir_target(localfs.FilePath(out.name, base_dir=HERE))
    target.declare_file(filename="a.txt", content=content)


@coco.fn
async def in_folder_of_another_key(out: Path, content: str) -> None:
    target = await localfs.mount_dir_target(localfs.FilePath(out.name, base_dir=THERE))
    target.declare_file(filename="a.txt", content=content)


@coco.fn
async def in_folder_above(out: Path, content: str) -> None:
    target = await localfs.mount_dir_target(out.parent)
    target.declare_file(filename=f"{out.name}/a.txt", content=content, create_parent_dirs=True)


@coco.fn
async def by_its_path(out: Path, content: str) -> None:
    localfs.declare_file(out / "a.txt", content)


@coco.fn
async def by_a_key(out: Path, content: str) -> None:
    localfs.declare_file(localfs.FilePath(f"{out.name}/a.txt", base_dir=HERE), content)


WAYS = [
    in_folder,
    in_relative_folder,
    in_folder_of_a_key,
    in_folder_of_another_key,
    in_folder_above,
    by_its_path,
    by_a_key,
]


def updates(folder: Path) -> Callable[[Way, str, str], None]:
    """Return what updates one app, in which a way is mounted under a path of its own."""
    context = coco.ContextProvider()
    context.provide(HERE, folder)
    context.provide(THERE, folder)
    settings = coco.Settings(db_path=folder.with_name(f"{folder.name}-store"))

    def update(way: Way, content: str, path: str) -> None:
        @coco.fn
        async def main() -> None:
            await coco.use_mount(coco.component_subpath(path), way, folder / "out", content)

        environment = coco.Environment(settings, context_provider=context)
        coco.App(coco.AppConfig("same_file", environment=environment), main).update_blocking()
        environment.close()

    return update


@pytest.mark.parametrize("after", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("before", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("paths", [("one", "one"), ("one", "two")], ids=["one component", "two components"])
def test_it_stays(tmp_path: Path, before: Way, after: Way, paths: tuple[str, str]) -> None:
    update = updates(tmp_path)
    (tmp_path / "out").mkdir()
    file = tmp_path / "out" / "a.txt"
    update(before, "1", paths[0])
    update(after, "1", paths[1])
    assert file.read_text() == "1"
    update(before, "2", paths[0])
    assert file.read_text() == "2"
    update(after, "3", paths[1])
    assert file.read_text() == "3"
    update(after, "3", paths[1])
    assert file.read_text() == "3"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_it_goes_when_nobody_declares_it(tmp_path: Path, way: Way) -> None:
    update = updates(tmp_path)
    (tmp_path / "out").mkdir()
    update(in_folder, "1", "one")
    update(way, "1", "two")

    @coco.fn
    async def nothing(out: Path, content: str) -> None:
        return None

    update(nothing, "", "three")
    assert not (tmp_path / "out" / "a.txt").exists()


def test_other_files_of_a_folder_that_is_declared_another_way_go(tmp_path: Path) -> None:
    update = updates(tmp_path)

    @coco.fn
    async def two(out: Path, content: str) -> None:
        target = await localfs.mount_dir_target(out)
        target.declare_file(filename="a.txt", content=content)
        target.declare_file(filename="b.txt", content=content)

    update(two, "1", "one")
    update(in_folder_of_a_key, "1", "two")
    assert sorted(os.listdir(tmp_path / "out")) == ["a.txt"]


def test_what_a_folder_had_before_is_forgotten(tmp_path: Path) -> None:
    update = updates(tmp_path)

    @coco.fn
    async def apart(out: Path, content: str) -> None:
        localfs.declare_file(out / "a.txt", content)
        target = await localfs.mount_dir_target(localfs.FilePath(out.name, base_dir=THERE))
        target.declare_file(filename="b.txt", content=content)

    (tmp_path / "out").mkdir()
    update(in_folder_of_a_key, "1", "one")
    update(apart, "1", "one")
    update(in_folder_of_another_key, "1", "two")
    assert os.listdir(tmp_path / "out") == ["a.txt"]
