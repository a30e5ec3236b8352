"""A folder takes the place of a file, or the reverse, from one component to another, in one update."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cocoindex as coco
from cocoindex.connectors import localfs

if TYPE_CHECKING:
    from .conftest import Project

OUTPUT = coco.ContextKey[Path]("output")


@coco.fn
def declare(names: str, target: localfs.DirTarget) -> None:
    for name in names.split():
        target.declare_file(name, name, create_parent_dirs=True)


@coco.fn
async def main(items: dict[str, str]) -> None:
    target = await localfs.mount_dir_target(OUTPUT)
    await coco.mount_each(declare, items.items(), target)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"1": "a"}, {"2": "a/b"}),
        ({"1": "a/b"}, {"2": "a"}),
        ({"1": "a/b/c/d"}, {"2": "a"}),
        ({str(number): f"a/{number}/c" for number in range(40)}, {"a": "a"}),
        ({"1": "a", "2": "b"}, {"1": "c", "2": "a/b"}),
        ({"2": "a", "1": "b"}, {"2": "c", "1": "a/b"}),
        ({"1": "a/b/c", "2": "d"}, {"2": "d a/b", "1": "e"}),
        ({"1": "a", "2": "b"}, {"1": "b/c", "2": "a/d"}),
    ],
)
def test_a_place_changes_hands(project: Project, before: dict[str, str], after: dict[str, str]) -> None:
    project.update(main, before)
    project.update(main, after)
    assert project.failures == []
    assert sorted(project.written()) == sorted(" ".join(after.values()).split())


def test_the_main_function_takes_the_place_of_what_a_child_had(project: Project) -> None:
    @coco.fn
    async def root(child: str, own: str) -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        declare(own, target)
        if child:
            await coco.mount(declare, child, target)

    for child, own in [("a/b", ""), ("", "a"), ("", "a/b"), ("a", "")]:
        project.update(root, child, own)
        assert project.failures == []
        assert sorted(project.written()) == [child or own]


def test_a_file_takes_the_place_of_a_directory_target(project: Project) -> None:
    @coco.fn
    async def inner(target: localfs.DirTarget) -> None:
        declare("a b/c", await coco.use_mount(target.declare_dir_target, "x"))

    @coco.fn
    async def root(name: str) -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        if name:
            await coco.mount(declare, name, target)
        else:
            await coco.mount(inner, target)

    for name, written in [("", ["x/a", "x/b/c"]), ("x", ["x"]), ("", ["x/a", "x/b/c"])]:
        project.update(root, name)
        assert project.failures == []
        assert sorted(project.written()) == written


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("b/c", "x"), ("b", "c")),
        (("b", "c/x"), ("", "b/c")),
        (("b/c", "x"), ("", "b/c")),
        (("", "b/c"), ("b", "c/x")),
        (("", "b/c"), ("b/c", "x")),
        (("b", "c"), ("b/c", "x")),
    ],
)
def test_a_file_and_a_directory_target_are_never_the_same(
    project: Project, before: tuple[str, str], after: tuple[str, str]
) -> None:
    """A file in one directory target, and a directory target in another, may have the same path one after the other."""

    @coco.fn
    async def put(target: localfs.DirTarget, inner: str, name: str) -> None:
        if inner:
            target = await coco.use_mount(target.declare_dir_target, inner, create_parent_dirs=True)
        await coco.mount(declare, name, target)

    @coco.fn
    async def root(inner: str, name: str) -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        await coco.mount(coco.component_subpath(inner, name), put, target, inner, name)

    project.update(root, *before)
    project.update(root, *after)
    project.update(root, *after)  # a directory target waits for the removal of what has its place
    assert project.failures == []
    assert sorted(project.written()) == ["/".join(filter(None, after))]


@pytest.mark.parametrize(
    "histories",
    [
        [[("a", "b/c", "x")], [("", "a/b/c", "y")], []],
        [[("b", "c", "x")], [("", "b/c", "y")], [("", "", "b")]],
        [[("", "a/b/c", "x")], [("a", "b/c", "x")], [("", "", "a/b/c")]],
    ],
)
def test_a_directory_target_moves_between_others(project: Project, histories: list[list[tuple[str, str, str]]]) -> None:
    """What is in a directory target that moved out of another one, or into it, is not forgotten with that one."""

    @coco.fn
    async def put(target: localfs.DirTarget, outer: str, inner: str, name: str) -> None:
        for number, each in enumerate(filter(None, (outer, inner))):
            declared = coco.use_mount(
                coco.component_subpath(number), target.declare_dir_target, each, create_parent_dirs=True
            )
            target = await declared
        await coco.mount(declare, name, target)

    @coco.fn
    async def root(items: list[tuple[str, str, str]]) -> None:
        target = await localfs.mount_dir_target(OUTPUT)
        for item in items:
            await coco.mount(coco.component_subpath(*item), put, target, *item)

    for items in histories:
        project.update(root, items)
        project.update(root, items)
        assert project.failures == []
        assert sorted(project.written()) == ["/".join(filter(None, item)) for item in items]
