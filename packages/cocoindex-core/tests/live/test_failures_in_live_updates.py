"""Failures in a live update are told with their path and kind, and harm nobody else."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .conftest import Told
from .driven import Driven, Feed, View, live


class Component:
    def __init__(self, driven: Driven, process: Any) -> None:
        self.driven = driven
        self._process = process

    async def process(self) -> None:
        await self._process()

    async def process_live(self, operator: coco.LiveComponentOperator) -> None:
        await operator.update_full()
        await operator.mark_ready()
        await self.driven.run(operator)


def seen(told: list[Told]) -> list[tuple[str, str, str, str | None]]:
    found = [(str(each.error), each.path, each.kind, each.name and each.name.rpartition(".")[2]) for each in told]
    told.clear()
    return found


def test_a_child_that_fails_keeps_its_old_rows(make_app: Any, told: list[Told]) -> None:
    target = RecordingTarget()

    async def keep(value: tuple[int, int]) -> None:
        target.declare(*value)
        if value[1] < 0:
            raise ValueError("negative")

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)) as update:
            await feed.update(1, (1, 1))
            await feed.update(2, (2, -1))
            await feed.update(1, (1, -1))
            assert target.data == {1: 1}
            assert seen(told) == [
                ("negative", "/@keep/2", "process_live", "keep"),
                ("negative", "/@keep/1", "process_live", "keep"),
            ]
            stats = update.handle.stats()
            assert stats is not None and stats.total.num_errors == 2
            await feed.update(1, (1, 2))
            await feed.update(2, (2, 2))
            assert target.data == {1: 2, 2: 2}

    asyncio.run(run())


def test_children_of_a_scan_and_of_a_live_component(make_app: Any, told: list[Told]) -> None:
    async def fails(*_: Any) -> None:
        raise ValueError("bad")

    async def run() -> None:
        view, driven = View({1: 1}), Driven()

        async def process() -> None:
            await coco.mount(fails)

        @coco.fn
        async def main() -> None:
            await coco.mount_each(coco.component_subpath("map"), fails, view)
            await coco.mount(Component, driven, process)

        async with live(make_app(main)):
            assert sorted(seen(told)) == [
                ("bad", '/"map"/1', "mount_each", "fails"),
                ("bad", "/@Component/@fails", "mount", "fails"),
            ]
            await driven.ready(lambda operator: operator.update(coco.component_subpath("x"), fails))
            assert seen(told) == [("bad", '/@Component/"x"', "process_live", "fails")]

    asyncio.run(run())


def test_a_process_that_fails_is_told_and_the_loop_goes_on(make_app: Any, told: list[Told]) -> None:
    target = RecordingTarget()

    async def run() -> None:
        driven, bad = Driven(), True

        async def process() -> None:
            target.declare("it", 1)
            if bad:
                raise ValueError("bad")

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, driven, process)

        async with live(make_app(main)):
            assert seen(told) == [("bad", "/@Component", "process_live", "Component")]
            await driven.do(lambda operator: operator.update_full())
            assert seen(told) == [("bad", "/@Component", "process_live", "Component")]
            assert driven.left == 0 and target.data == {}
            bad = False
            await driven.do(lambda operator: operator.update_full())
            assert target.data == {"it": 1} and told == []

    asyncio.run(run())


def test_what_the_loop_reports(make_app: Any, told: list[Told]) -> None:
    async def nothing(*_: Any) -> None: ...

    async def run() -> None:
        driven, feed = Driven(), Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, driven, nothing)
            await coco.mount_each(nothing, feed)

        async with live(make_app(main)) as update:
            for each in (driven, feed):
                await each.do(lambda calls: calls.report_exception(ValueError("seen")))
            assert [each[:2] for each in seen(told)] == [("seen", "/@Component"), ("seen", "/")]
            stats = update.handle.stats()
            assert stats is not None and stats.total.num_errors == 2

    asyncio.run(run())


def test_what_leaves_the_handlers_is_logged_and_raised_where_one_waits(
    tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any) -> None:
        raise ValueError("bad")

    def raises(error: BaseException, context: coco.ExceptionContext) -> None:
        raise LookupError(context.stable_path)

    async def run() -> None:
        driven, feed, bad = Driven(), Feed(), False

        async def process() -> None:
            if bad:
                raise ValueError("bad")

        @coco.fn
        async def main() -> None:
            await coco.mount(Component, driven, process)
            await coco.mount_each(coco.component_subpath("map"), fails, feed)

        env = coco.Environment(coco.Settings(db_path=tmp_path / "other"), exception_handler=raises)
        async with live(coco.App(coco.AppConfig(name="app", environment=env), main)):
            bad = True
            with pytest.raises(LookupError, match="/@Component"):
                await driven.do(lambda operator: operator.update_full())
            with pytest.raises(LookupError, match='/@Component/"x"'):
                await driven.ready(lambda operator: operator.update(coco.component_subpath("x"), fails))
            with pytest.raises(LookupError, match='/"map"/1'):
                await feed.update(1, 1)

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    for record, path in zip(caplog.records, ["/@Component", '/@Component/"x"', '/"map"/1'], strict=True):
        assert f"component {path} (" in record.message and "LookupError" in record.message


def test_a_removal_that_fails_is_told_and_tried_again(make_app: Any, told: list[Told]) -> None:
    target = RecordingTarget()

    async def keep(value: int) -> None:
        target.declare(value, value)

    async def run() -> None:
        feed = Feed()

        @coco.fn
        async def main() -> None:
            await coco.mount_each(keep, feed)

        async with live(make_app(main)):
            await feed.update(1, 1)
            target.fail_keys = {1}
            await feed.delete(1)
            assert [(each.path, each.kind) for each in told] == [("/@keep/1", "process_live")]
            assert target.data == {1: 1}
            target.fail_keys = set()
            await feed.delete(1)
            assert target.data == {}

    asyncio.run(run())
