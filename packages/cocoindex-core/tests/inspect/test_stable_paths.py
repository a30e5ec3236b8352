"""All paths in use are listed, a parent before what is below it, with directories where no component is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cocoindex as coco
from cocoindex import inspect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONG = "x" * 1000

EXPECTED = {
    "/": "component",
    '/"a"': "directory",
    '/"a"/1': "directory",
    '/"a"/1/"b"': "component",
    '/"a"/2': "component",
    '/"branch"': "component",
    '/"branch"/"inner"': "component",
    '/"branch"/"outer"': "component",
    f'/"{LONG}"': "directory",
    f'/"{LONG}"/"end"': "component",
}


def test_sync_list(app: coco.App[[], None]) -> None:
    app.update_blocking()
    infos = inspect.list_stable_paths_info_sync(app)
    assert {str(info.path): info.node_type for info in infos} == EXPECTED
    assert len(infos) == len(EXPECTED)
    paths = inspect.list_stable_paths_sync(app)
    assert paths == [info.path for info in infos]
    for number, path in enumerate(paths):
        parts = path.parts()
        assert not parts or coco.StablePath.from_parts(parts[:-1]) in paths[:number]


async def test_async_list(app: coco.App[[], None]) -> None:
    await app.update()
    assert {str(path) for path in await inspect.list_stable_paths(app)} == set(EXPECTED)


async def test_by_name(app: coco.App[[], None], environment: coco.Environment) -> None:
    await app.update()
    found = inspect.iter_stable_paths_by_name(environment, "inspected")
    assert {str(info.path): info.node_type async for info in found} == EXPECTED


async def test_an_app_that_never_ran_has_none(app: coco.App[[], None]) -> None:
    assert await inspect.list_stable_paths(app) == []


async def test_a_dropped_app_has_none(app: coco.App[[], None]) -> None:
    await app.update()
    await app.drop()
    assert await inspect.list_stable_paths(app) == []


async def test_more_than_a_chunk(environment: coco.Environment) -> None:
    @coco.fn
    def nothing(key: int) -> None: ...

    @coco.fn
    async def many() -> None:
        async def keys() -> AsyncIterator[tuple[int, int]]:
            for key in range(2500):
                yield key, key

        await coco.mount_each(coco.component_subpath("many"), nothing, keys())

    app = coco.App(coco.AppConfig("many", environment=environment), many)
    await app.update()
    paths = [str(path) for path in await inspect.list_stable_paths(app)]
    assert paths[:4] == ["/", '/"many"', '/"many"/0', '/"many"/1']
    assert len(paths) == 2502
