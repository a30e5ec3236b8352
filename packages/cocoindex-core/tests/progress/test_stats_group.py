"""`stats_group` counts what its block mounts apart, waits for nothing, and changes nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

RUNNING, READY = coco.UpdateStatus.RUNNING, coco.UpdateStatus.READY


@coco.fn
async def work(*_: Any) -> None: ...


@coco.fn
async def other(*_: Any) -> None: ...


@coco.fn
async def boom(*_: Any) -> None:
    raise KeyError


async def statuses(group: coco.StatsGroupHandle) -> list[coco.UpdateStatus]:
    return [snapshot.status async for snapshot in group.watch()]


def counts(handle: Any) -> dict[str, int]:
    """How many components of each function have finished."""
    by_component = handle.stats().by_component
    return {name.rpartition(".")[2]: numbers.num_finished for name, numbers in by_component.items()}


def run(make_app: Any, main: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, dict[str, int]]:
    """The result of an update, and what the report of the whole counts."""

    async def update() -> Any:
        handle = make_app(main).update()
        return await handle, counts(handle)

    result: tuple[Any, dict[str, int]] = asyncio.run(update())
    return result


def test_what_is_mounted_inside_is_counted_there_and_nowhere_else(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        await coco.mount(coco.component_subpath("before"), other)
        with coco.stats_group("inside") as group:
            await coco.mount_each(work, [(n, n) for n in range(3)])
            await coco.mount(coco.component_subpath("one"), work)
            await coco.use_mount(coco.component_subpath("used"), work)
        await coco.mount(coco.component_subpath("after"), other)
        await statuses(group)
        return counts(group)

    assert run(make_app, main) == ({"work": 5}, {"main": 1, "other": 2})


def test_so_is_what_those_mount_themselves(make_app: Any) -> None:
    @coco.fn
    async def middle() -> None:
        await coco.mount_each(work, [(n, n) for n in range(3)])

    @coco.fn
    async def main() -> Any:
        with coco.stats_group("inside") as group:
            await coco.mount(middle)
        await statuses(group)
        return counts(group)

    assert run(make_app, main) == ({"work": 3, "middle": 1}, {"main": 1})


def test_the_innermost_of_nested_groups_counts(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        with coco.stats_group("outer") as outer:
            await coco.mount(work)
            with coco.stats_group("inner") as inner:
                await coco.mount(other)
        await statuses(outer)
        return counts(outer), counts(inner)

    assert run(make_app, main) == (({"work": 1}, {"other": 1}), {"main": 1})


def test_an_outer_group_is_ready_after_the_inner_one(make_app: Any) -> None:
    go_on = asyncio.Event()

    @coco.fn
    async def waits() -> None:
        await go_on.wait()

    @coco.fn
    async def main() -> list[str]:
        order: list[str] = []
        with coco.stats_group("outer") as outer, coco.stats_group("inner") as inner:
            await coco.mount(waits)

        async def follow(name: str, group: coco.StatsGroupHandle) -> None:
            await statuses(group)
            order.append(name)

        following = [asyncio.ensure_future(follow("outer", outer)), asyncio.ensure_future(follow("inner", inner))]
        await asyncio.sleep(0)
        assert order == []
        go_on.set()
        await asyncio.gather(*following)
        return sorted(order)

    assert run(make_app, main)[0] == ["inner", "outer"]


def test_the_end_of_the_block_waits_for_nothing(make_app: Any) -> None:
    go_on = asyncio.Event()

    @coco.fn
    async def waits(n: int) -> None:
        await go_on.wait()

    @coco.fn
    async def main() -> Any:
        with coco.stats_group("waiting") as group:
            await coco.mount_each(waits, [(n, n) for n in range(3)])
        stats = group.stats()
        assert stats is not None
        seen = [stats.total.num_finished, repr(group)]
        go_on.set()
        seen.append((await statuses(group))[-1])
        return [*seen, counts(group), repr(group)]

    running, ready = "<coco.stats_group('waiting'): running>", "<coco.stats_group('waiting'): ready>"
    assert run(make_app, main)[0] == [0, running, READY, {"waits": 3}, ready]


def test_it_is_not_ready_before_its_block_has_ended(make_app: Any) -> None:
    @coco.fn
    async def main() -> str:
        with coco.stats_group("open") as group:
            await coco.use_mount(work)
            during = repr(group)
        return during + repr(group)

    result, _ = run(make_app, main)
    assert result == "<coco.stats_group('open'): running><coco.stats_group('open'): ready>"


def test_watch_gives_the_changes_then_ready(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        with coco.stats_group("watched") as group:
            await coco.mount_each(work, [(n, n) for n in range(3)])
        return await statuses(group)

    *running, last = run(make_app, main)[0]
    assert set(running) <= {RUNNING} and last is READY


def test_it_may_be_watched_from_outside_the_component(make_app: Any) -> None:
    groups: list[coco.StatsGroupHandle] = []

    @coco.fn
    async def main() -> None:
        with coco.stats_group("kept") as group:
            groups.append(group)
            await coco.mount(work)

    run(make_app, main)
    assert asyncio.run(statuses(groups[0])) == [READY]
    assert counts(groups[0]) == {"work": 1}


def test_one_without_members_is_ready_at_the_end_of_its_block(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        with coco.stats_group("empty") as group:
            pass
        return await statuses(group), counts(group)

    assert run(make_app, main)[0] == ([READY], {})


def test_a_failing_member_is_counted_and_does_not_keep_it_open(make_app: Any) -> None:
    @coco.fn
    async def main() -> Any:
        with coco.stats_group("failing") as group:
            await coco.mount_each(boom, [(n, n) for n in range(3)])
            await coco.mount(coco.component_subpath("one"), boom)
        await statuses(group)
        stats = group.stats()
        return stats.total.num_errors if stats else None

    assert run(make_app, main)[0] == 4


def test_a_block_that_raises_ends_it_too(make_app: Any) -> None:
    async def source() -> AsyncIterator[tuple[int, int]]:
        yield 1, 1
        raise KeyError("source")

    @coco.fn
    async def main() -> Any:
        try:
            with coco.stats_group("raising") as group:
                await coco.mount_each(work, source())
        except KeyError:
            await statuses(group)
        return counts(group)

    assert run(make_app, main)[0] == {"work": 1}


def test_paths_ownership_and_memo_are_as_without_it(make_app: Any) -> None:
    target, ran, grouped = RecordingTarget(), [], [False]

    @coco.fn(memo=True)
    async def process(n: int) -> None:
        ran.append(n)
        target.declare(n, n)

    @coco.fn
    async def main() -> Any:
        if not grouped[0]:
            await coco.mount_each(process, [(1, 1), (2, 2)])
            return None
        with coco.stats_group("grouped") as group:
            await coco.mount_each(process, [(1, 1), (2, 2)])
        await statuses(group)
        stats = group.stats()
        return stats.total.num_unchanged if stats else None

    app = make_app(main)
    app.update_blocking()
    target.take()
    grouped[0] = True
    assert app.update_blocking() == 2
    assert (ran, target.actions) == ([1, 2], [])


def test_an_update_that_ends_before_ends_it_with_an_error(make_app: Any) -> None:
    groups: list[coco.StatsGroupHandle] = []
    started = asyncio.Event()

    @coco.fn
    async def endless() -> None:
        started.set()
        await asyncio.Event().wait()

    @coco.fn
    async def main() -> None:
        with coco.stats_group("never") as group:
            groups.append(group)
            await coco.mount(endless)

    async def cancel() -> None:
        update = asyncio.ensure_future(make_app(main).update().result())
        await started.wait()
        watching = asyncio.ensure_future(statuses(groups[0]))
        update.cancel()
        await watching

    with pytest.raises(coco.errors.UpdateCancelledError, match="'never'"):
        asyncio.run(cancel())


@pytest.mark.parametrize("wrong", [5, None, b"title"])
def test_the_title_is_a_text(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"title of coco\.stats_group\(\)"):
        coco.stats_group(wrong)


def test_it_needs_a_component() -> None:
    with pytest.raises(RuntimeError, match=r"coco\.stats_group\(\) was called outside"), coco.stats_group("x"):
        pass
