"""Where a mounted component is: below its parent, under the name of its function or under the subpath that is given."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingContainers


@coco.fn
async def work(*_args: Any) -> str:
    return "done"


@coco.fn
def sync_work(*_args: Any) -> None: ...


def components(app: coco.App[..., Any]) -> list[str]:
    """Where its components are after an update; the root is left out."""
    app.update_blocking()
    infos = inspect.list_stable_paths_info_sync(app)
    return [str(info.path) for info in infos if info.node_type == "component"][1:]


def test_the_name_of_the_function_is_the_default(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(work)
        await coco.mount_each(sync_work, [("a", 1), (2, 2)])

    @coco.fn
    async def same() -> None:
        await coco.mount(coco.component_subpath(coco.Symbol("work")), work)
        for key in ("a", 2):
            await coco.mount(coco.component_subpath(coco.Symbol("sync_work"), key), sync_work)

    expected = ["/@sync_work/2", '/@sync_work/"a"', "/@work"]
    assert components(make_app(main, name="main")) == components(make_app(same, name="same")) == expected


def test_use_mount_has_the_same_default(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        assert await coco.use_mount(work, 1) == "done"

    assert components(make_app(main)) == ["/@work"]


def test_an_explicit_subpath_comes_instead(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("m", 1), work)
        assert await coco.use_mount(coco.component_subpath("u"), work) == "done"
        await coco.mount_each(coco.component_subpath("files"), work, [("a", 1)])

    assert components(make_app(main)) == ['/"files"/"a"', '/"m"/1', '/"u"']


def test_a_function_mounted_twice_needs_one(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(work, 1)
        await coco.mount(work, 2)

    with pytest.raises(ValueError, match=r"two components were mounted at /@work.*component_subpath"):
        make_app(main).update_blocking()


def test_so_do_two_functions_of_one_name(make_app: Any) -> None:
    def make() -> Any:
        @coco.fn
        async def twin() -> None: ...

        return twin

    @coco.fn
    async def main() -> None:
        await coco.mount(make())
        await coco.mount(make())

    with pytest.raises(ValueError, match=r"two components were mounted at /@twin"):
        make_app(main).update_blocking()


@pytest.mark.parametrize("nameless", [lambda: None, functools.partial(sync_work, 1)], ids=["lambda", "partial"])
def test_so_does_what_has_no_name(make_app: Any, nameless: Any) -> None:
    @coco.fn
    async def main(with_path: bool) -> None:
        await (coco.mount(coco.component_subpath("here"), nameless) if with_path else coco.mount(nameless))

    with pytest.raises(ValueError, match="component_subpath"):
        make_app(main, False, name="without").update_blocking()
    assert components(make_app(main, True, name="with")) == ['/"here"']


def test_a_with_block_prefixes_what_is_mounted_inside(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        with coco.component_subpath("process"):
            await coco.mount(coco.component_subpath("a"), work)
            with coco.component_subpath("deep", 1):
                await coco.use_mount(work)
            await coco.mount_each(work, [("k", 1)])
        await coco.mount(work)

    expected = ['/"process"/"a"', '/"process"/"deep"/1/@work', '/"process"/@work/"k"', "/@work"]
    assert components(make_app(main)) == expected


def test_the_children_of_what_is_mounted_inside_are_below_it(make_app: Any) -> None:
    @coco.fn
    async def parent() -> None:
        await coco.mount(work)

    @coco.fn
    async def main() -> None:
        with coco.component_subpath("p"):
            await coco.mount(parent)

    assert components(make_app(main)) == ['/"p"/@parent', '/"p"/@parent/@work']


def test_one_subpath_may_be_entered_by_many_at_once_and_within_itself(make_app: Any) -> None:
    shared = coco.component_subpath("shared")

    async def mount_in(key: str) -> None:
        with shared:
            await asyncio.sleep(0)
            with shared / key:
                await asyncio.sleep(0)
                with shared:
                    await coco.mount(work)
        await coco.mount(coco.component_subpath(key), work)

    @coco.fn
    async def main() -> None:
        await asyncio.gather(*map(mount_in, "abc"))

    expected = [
        *(f'/"{key}"' for key in "abc"),
        *(f'/"shared"/"shared"/"{key}"/"shared"/@work' for key in "abc"),
    ]
    assert components(make_app(main)) == expected


def test_an_error_inside_leaves_the_block(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        with pytest.raises(KeyError), coco.component_subpath("inside"):
            raise KeyError
        await coco.mount(work)

    assert components(make_app(main)) == ["/@work"]


def test_the_path_of_a_target_follows_from_its_key(make_app: Any) -> None:
    tables = RecordingContainers()

    @coco.fn
    async def main() -> None:
        await coco.mount_target(tables.table("one"))
        with coco.component_subpath("elsewhere"):
            await coco.mount_target(tables.table("two"))

    inside, outside = components(make_app(main))
    assert inside == '/"elsewhere"' + outside.replace('"one"', '"two"')
    assert '"one"' in outside


def test_threads_that_the_context_is_attached_in_have_the_prefix(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with coco.component_subpath("attached"):
            context = coco.get_component_context()

            def in_thread(key: int) -> None:
                with context.attach():
                    asyncio.run_coroutine_threadsafe(mount(key), loop).result()

            async def mount(key: int) -> None:
                with context.attach():
                    await coco.mount(coco.component_subpath(key), work)

            with ThreadPoolExecutor() as executor:
                await asyncio.gather(*(loop.run_in_executor(executor, in_thread, key) for key in range(3)))

    assert components(make_app(main)) == ['/"attached"/0', '/"attached"/1', '/"attached"/2']


def test_async_sources_are_mounted_by_key_too(make_app: Any) -> None:
    async def source() -> AsyncIterator[tuple[str, int]]:
        for key in "ab":
            await asyncio.sleep(0)
            yield key, 1

    @coco.fn
    async def main() -> None:
        await coco.mount_each(work, source())

    assert components(make_app(main)) == ['/@work/"a"', '/@work/"b"']
