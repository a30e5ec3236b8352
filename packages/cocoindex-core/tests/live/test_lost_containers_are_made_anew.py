"""Where a sink tells that its container is gone, its declarer runs again, and all in the container is applied again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .conftest import Told
from .driven import Driven, Feed, View, live
from .table_target import TableTarget


async def until(holds: Callable[[], object]) -> None:
    """Wait, on the virtual clock, until something holds."""
    for _ in range(10_000):
        if holds():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never did")


async def note(value: Any, table: Any) -> None:
    coco.declare_target_state(table.target_state(value, value))


note_memoized = coco.fn(memo=True)(note)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def rows(*values: Any) -> dict[Any, Any]:
    return {value: value for value in values}


@pytest.mark.parametrize("memo", [True, False])
def test_a_table_of_the_main_function(
    make_app: Any, told: list[Told], caplog: pytest.LogCaptureFixture, memo: bool
) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1, 2, 3))

        @coco.fn(memo=memo)
        async def main() -> str:
            table = await target.table(target.provider, "t")
            await coco.mount_each(note_memoized if memo else note, view, table)
            await coco.mount(coco.component_subpath("alone"), note_memoized if memo else note, 10, table)
            return "done"

        app = make_app(main)
        async with live(app) as update:
            assert target.rows("t") == rows(1, 2, 3, 10)
            target.root.tables.clear()
            view.items[4] = 4
            await view.update(4, 4)
            await until(lambda: target.rows("t") == rows(1, 2, 3, 4, 10))
            del view.items[2]
            await view.delete(2)
            assert target.rows("t") == rows(1, 3, 4, 10)
            stats = update.handle.stats()
            assert stats is not None and stats.total.num_errors == 0
            view.end()
            assert await update.result == "done"
        assert target.made == [("t",), ("t",)]
        await app.update()
        assert target.rows("t") == rows(1, 3, 4, 10)

    run_in_virtual_time(run())
    assert told == []
    assert [text for text in warnings(caplog) if "no longer exists, or was replaced" in text] == warnings(caplog)
    assert len(warnings(caplog)) == 1


def test_many_rows_meet_it_and_that_is_said_once(
    make_app: Any, told: list[Told], caplog: pytest.LogCaptureFixture
) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(*range(100)))

        @coco.fn
        async def main() -> None:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))

        async with live(make_app(main)):
            target.root.tables.clear()
            view.items.update(rows(*range(100, 200)))
            await asyncio.gather(*(view.update(key, key) for key in range(100, 200)))
            await until(lambda: target.rows("t") == rows(*range(200)))

    run_in_virtual_time(run())
    assert told == []
    assert len(warnings(caplog)) == 1


def test_another_table_in_its_place(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1, 2))

        @coco.fn
        async def main() -> None:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))

        async with live(make_app(main)):
            del target.root.tables["t"]
            target.root.rows["t"] = "something else"
            view.items[3] = 3
            await view.update(3, 3)
            await until(lambda: target.rows("t") == rows(1, 2, 3))

    run_in_virtual_time(run())
    assert told == []


def test_one_that_goes_before_the_update_is_ready(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1, 2, 3))
        dropped = False

        async def drop(key: Any) -> None:
            nonlocal dropped
            if key == 3 and not dropped:
                dropped = True
                target.root.tables.clear()

        view.listed = drop

        @coco.fn
        async def main() -> None:
            table = await target.table(target.provider, "t")
            await coco.mount_each(note_memoized, view, table)
            await coco.mount(coco.component_subpath("alone"), note_memoized, 10, table)

        async with live(make_app(main)):
            assert target.rows("t") == rows(1, 2, 3, 10)

    run_in_virtual_time(run())
    assert told == []


def test_one_that_an_item_of_a_feed_has_made(make_app: Any, told: list[Told]) -> None:
    """Nothing can list it, and its own retry makes it."""
    target = TableTarget()

    async def run() -> None:
        feed = Feed()

        @coco.fn(memo=True)
        async def keep(values: tuple[int, ...]) -> None:
            table = await target.table(target.provider, "t")
            for value in values:
                await coco.mount(coco.component_subpath(value), note_memoized, value, table)
            target.root.tables.clear() if -1 in values and not told and target.made == [("t",)] else None

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)):
            await feed.update("one", (1, 2))
            await feed.update("one", (1, 2, -1))
            await until(lambda: target.rows("t") == rows(1, 2, -1))

    run_in_virtual_time(run())


@pytest.mark.parametrize("gone", ["outer", "inner"])
@pytest.mark.parametrize("memo", [True, False])
def test_tables_in_tables(make_app: Any, told: list[Told], gone: str, memo: bool) -> None:
    """What declares the tables may be memoized: it runs all the same."""
    target = TableTarget()

    async def run() -> None:
        view, other = View(rows(1, 2)), View(rows(8))

        @coco.fn(memo=memo)
        async def inner(table: Any) -> None:
            inside = await target.table(table, "inner")
            await coco.mount(note_memoized, "static", inside)
            await coco.mount_each(coco.component_subpath("each"), note_memoized, view, inside)

        @coco.fn(memo=memo)
        async def main() -> None:
            table = await target.table(target.provider, "outer")
            await coco.use_mount(inner, table)
            await coco.mount_each(coco.component_subpath("other"), note_memoized, other, table)

        async with live(make_app(main)):
            assert target.rows("outer", "inner") == rows(1, 2, "static")
            if gone == "outer":
                target.root.tables.clear()
            else:
                target.root.tables["outer"].tables.clear()
            view.items[3] = 3
            await view.update(3, 3)
            await until(lambda: target.rows("outer", "inner") == rows(1, 2, 3, "static"))
            await until(lambda: target.rows("outer") == rows(8))

    run_in_virtual_time(run())
    assert told == []


def test_a_table_of_an_item(make_app: Any, told: list[Told]) -> None:
    """What an item of a live map declares is made anew by that item; the others' stay."""
    target = TableTarget()

    async def run() -> None:
        views = {"a": View(rows(1, 2)), "b": View(rows(3))}
        names = View({name: name for name in views})

        @coco.fn(memo=True)
        async def keep(name: str) -> None:
            await coco.mount_each(note_memoized, views[name], await target.table(target.provider, name))

        @coco.fn
        async def item(name: str) -> None:
            await coco.use_mount(keep, name)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(item, names)

        async with live(make_app(main)):
            del target.root.tables["a"]
            views["a"].items[5] = 5
            await views["a"].update(5, 5)
            await until(lambda: target.rows("a") == rows(1, 2, 5))
            assert target.rows("b") == rows(3)

    run_in_virtual_time(run())
    assert told == []


def test_a_table_of_a_live_component(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        driven = Driven()
        values = rows(1, 2)

        class Component:
            async def process(self) -> None:
                table = await target.table(target.provider, "t")
                self.table = table
                for value in values:
                    await coco.mount(coco.component_subpath(value), note, value, table)

            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                await operator.update_full()
                await operator.mark_ready()
                await driven.run(operator)

        @coco.fn
        async def main() -> None:
            await coco.mount(Component)

        async with live(make_app(main)):
            target.root.tables.clear()
            values[3] = 3

            async def add(operator: Any) -> Any:
                instance = operator._loop.instance
                return await operator.update(coco.component_subpath(3), note, 3, instance.table)

            await driven.do(add)
            await until(lambda: target.rows("t") == rows(1, 2, 3))

    run_in_virtual_time(run())
    assert told == []


def test_what_cannot_be_made_is_tried_again(make_app: Any, told: list[Told], caplog: pytest.LogCaptureFixture) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1))
        loop = asyncio.get_running_loop()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))

        async with live(make_app(main)):
            target.root.tables.clear()
            target.refuses = True
            began = loop.time()
            view.items[2] = 2
            await view.update(2, 2)
            await until(lambda: loop.time() > began + 20)
            texts = [text for text in warnings(caplog) if "Until it succeeds, the live sources" in text]
            assert len(texts) == 4 and "follow no changes: /@note. It runs again in 16 s" in texts[-1]
            assert {str(one.error) for one in told} == {"no table can be made"}
            assert len(told) == 4  # after 1, 3, 7 and 15 seconds
            target.refuses = False
            view.items[3] = 3
            await until(lambda: target.rows("t") == rows(1, 2, 3))
            told.clear()
            target.root.tables.clear()
            began = loop.time()
            view.items[4] = 4
            await view.update(4, 4)
            await until(lambda: target.rows("t") == rows(1, 2, 3, 4))
            assert loop.time() < began + 5

    run_in_virtual_time(run())
    assert told == []


def test_what_stands_still_until_it_is_made_is_shown(make_app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1))

        @coco.fn
        async def main() -> None:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))

        update = asyncio.ensure_future(make_app(main).update(live=True, report_to_stdout=True).result())
        await until(lambda: target.rows("t") == rows(1))
        target.root.tables.clear()
        target.refuses = True
        await view.update(2, 2)
        await asyncio.sleep(200)
        printed = capsys.readouterr().out
        assert "STANDS STILL until component / has run, which failed (RuntimeError)" in printed
        target.refuses = False
        view.items[2] = 2
        await until(lambda: target.rows("t") == rows(1, 2))
        view.items[3] = 3
        await view.update(3, 3)
        await asyncio.sleep(200)
        assert "STANDS STILL" not in capsys.readouterr().out
        update.cancel()
        await asyncio.wait([update])

    run_in_virtual_time(run())


def test_one_below_a_component_in_the_background_is_tried_again(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1))

        @coco.fn
        async def below() -> None:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))

        @coco.fn
        async def main() -> None:
            await coco.mount(below)

        async with live(make_app(main)):
            target.root.tables.clear()
            target.refuses = True
            view.items[2] = 2
            await view.update(2, 2)
            await until(lambda: len(told) > 2)
            target.refuses = False
            await until(lambda: target.rows("t") == rows(1, 2))

    run_in_virtual_time(run())


def test_an_update_that_ends_while_it_cannot_be_made(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        view = View(rows(1))

        @coco.fn
        async def main() -> str:
            await coco.mount_each(note_memoized, view, await target.table(target.provider, "t"))
            return "done"

        app = make_app(main)
        async with live(app) as update:
            target.root.tables.clear()
            target.refuses = True
            view.items[2] = 2
            await view.update(2, 2)
            await until(lambda: told)
            target.refuses = False
            await app.update()  # which the live one makes way for
            assert target.rows("t") == rows(1, 2)
            assert await update.result == "done"

    run_in_virtual_time(run())


def test_a_sink_that_says_so_for_ever(make_app: Any, told: list[Told], caplog: pytest.LogCaptureFixture) -> None:
    """It is believed twice; from then on it counts as a failure, and nothing runs more often than failures do."""
    target = TableTarget()
    ran: list[float] = []

    async def run() -> None:
        view = View(rows(1))
        loop = asyncio.get_running_loop()

        @coco.fn
        async def main() -> None:
            ran.append(loop.time())
            table = await target.table(target.provider, "t")
            await coco.mount_each(note, view, table)

        async with live(make_app(main)):
            original = target.at

            def lying(path: tuple[Any, ...]) -> Any:
                return None if path == ("t",) else original(path)

            target.at = lying  # type: ignore[method-assign]
            view.items[2] = 2
            await view.update(2, 2)
            await asyncio.sleep(3000)

    run_in_virtual_time(run())
    assert told
    assert len(ran) < 25
    assert len(warnings(caplog)) == 1


def test_in_an_update_that_is_not_live_the_next_one_makes_it(make_app: Any, told: list[Told]) -> None:
    target = TableTarget()

    async def run() -> None:
        drops = False

        @coco.fn
        async def main() -> None:
            table = await target.table(target.provider, "t")
            if drops:
                target.root.tables.clear()
            for value in (1, 2, 3):
                await coco.mount(coco.component_subpath(value), note_memoized, value, table)
            if drops:
                await coco.mount(coco.component_subpath(4), note_memoized, 4, table)

        app = make_app(main)
        await app.update()
        drops = True
        await app.update()
        assert len(told) == 1
        drops = False
        await app.update()
        assert target.rows("t") == rows(1, 2, 3)

    asyncio.run(run())


def test_a_feed(make_app: Any, told: list[Told]) -> None:
    """What it told of before cannot be told again by it; what waits is not lost."""
    target = TableTarget()

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(note_memoized, feed, await target.table(target.provider, "t"))

        async with live(make_app(main)):
            for value in (1, 2):
                await feed.update(value, value)
            target.root.tables.clear()
            target.refuses = True
            for value in (3, 4, 5):
                await feed.update(value, value)
            await feed.delete(5)
            await until(lambda: len(told) > 3)
            told.clear()
            target.refuses = False
            await until(lambda: target.rows("t") == rows(3, 4))
            await feed.update(6, 6)
            assert target.rows("t") == rows(3, 4, 6)

    run_in_virtual_time(run())
    assert told == []
