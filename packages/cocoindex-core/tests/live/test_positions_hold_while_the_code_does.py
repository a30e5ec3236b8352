"""A stored position counts as long as what its children depended on: logic, context, arguments and targets."""

from __future__ import annotations

import asyncio
import gc
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget

from .driven import live

pytestmark = pytest.mark.usefixtures("little_garbage")

ENTRIES = [("a", "one"), ("b", "two"), ("a", "three")]
MODEL = coco.ContextKey[str]("model", detect_change=True)


class Log:
    """A feed that begins where it was told before.

    Attributes:
        began_at: where each watch of it has begun.
    """

    def __init__(self, entries: list[tuple[str, str]]) -> None:
        self.entries = entries
        self.began_at: list[int] = []

    async def watch(self, subscriber: coco.LiveMapSubscriber[str, str]) -> None:
        at: int = await subscriber.read_committed_state("cursor") or 0
        self.began_at.append(at)
        for key, value in self.entries[at:]:
            await subscriber.update(key, value)
            at += 1
            await subscriber.checkpoint(at)
        await subscriber.mark_ready()
        await asyncio.Event().wait()


@pytest.fixture
def log() -> Log:
    return Log(list(ENTRIES))


@pytest.fixture
def target() -> RecordingTarget:
    return RecordingTarget()


@pytest.fixture
def run(make_app: Any) -> Callable[[Any], None]:
    """Runs a live update of a main function until it is ready."""

    async def follow(app: Any) -> None:
        async with live(app):
            pass

    def run(main: Any) -> None:
        gc.collect()  # logic is valid while a function that has it is alive
        asyncio.run(follow(make_app(main)))

    return run


def test_while_nothing_changes_it_goes_on(run: Any, log: Log, target: RecordingTarget) -> None:
    for _ in range(3):

        @coco.fn
        async def keep(value: str) -> None:
            target.declare("value", value)

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, log)

        run(main)
    assert log.began_at == [0, 3, 3]


@pytest.mark.parametrize("memo", [False, True])
def test_the_function_changes(run: Any, log: Log, target: RecordingTarget, memo: bool, caplog: Any) -> None:
    def update(version: int) -> None:
        @coco.fn(memo=memo, version=version)
        async def keep(value: str) -> None:
            target.declare(value, version)

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, log)

        run(main)

    update(1)
    update(1)
    assert log.began_at == [0, 3] and "from the beginning" not in caplog.text
    update(2)
    assert log.began_at == [0, 3, 0]
    assert target.data == {"two": 2, "three": 2}
    assert 'the live range /"log" starts its source from the beginning' in caplog.text
    assert "the logic of keep has changed" in caplog.text
    update(2)
    assert log.began_at == [0, 3, 0, 3]


@pytest.mark.parametrize("mounted", [False, True], ids=["called", "mounted"])
def test_what_it_reaches_changes(run: Any, log: Log, target: RecordingTarget, mounted: bool, caplog: Any) -> None:
    def update(version: int) -> None:
        @coco.fn(version=version)
        async def reached(value: str) -> None:
            target.declare(value, version)

        async def keep(value: str) -> None:
            await (coco.mount(reached, value) if mounted else reached(value))

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, log)

        run(main)

    for version in (1, 1, 2, 2):
        update(version)
    assert log.began_at == [0, 3, 0, 3]
    assert target.data == {"two": 2, "three": 2}
    assert "reached has changed" in caplog.text


def test_in_an_update_that_ends(make_app: Any, log: Log, target: RecordingTarget) -> None:
    def update(version: int) -> None:
        @coco.fn(version=version)
        async def keep(value: str) -> None:
            target.declare(value, version)

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, log)

        make_app(main).update_blocking()

    for version in (1, 1, 2, 2):
        update(version)
        gc.collect()
    assert log.began_at == [0, 3, 0, 3]
    assert target.data == {"two": 2, "three": 2}


def test_a_context_value_changes(tmp_path: pathlib.Path, log: Log, target: RecordingTarget) -> None:
    @coco.fn
    async def keep(value: str) -> None:
        target.declare(value, coco.use_context(MODEL))

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("log"), keep, log)

    for model in ("small", "small", "large", "large"):
        provider = coco.ContextProvider()
        provider.provide(MODEL, model)
        env = coco.Environment(coco.Settings(db_path=tmp_path / "db"), context_provider=provider)
        coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
        env.close()
    assert log.began_at == [0, 3, 0, 3]
    assert target.data == {"two": "large", "three": "large"}


def test_an_argument_of_a_memoized_function_changes(run: Any, log: Log, target: RecordingTarget) -> None:
    @coco.fn(memo=True)
    async def keep(value: str, size: int) -> None:
        target.declare(value, size)

    def main(size: int) -> Any:
        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, log, size=size)

        return main

    for size in (1, 1, 2, 2):
        run(main(size))
    assert log.began_at == [0, 3, 0, 3]
    assert target.data == {"two": 2, "three": 2}


@pytest.mark.parametrize("invalidation", ["destructive", "lossy"])
def test_the_table_is_made_anew(run: Any, log: Log, invalidation: str) -> None:
    tables = RecordingContainers(invalidation=invalidation)

    def main(schema: int) -> Any:
        @coco.fn
        async def keep(value: str, rows: Any) -> None:
            coco.declare_target_state(rows.target_state(value, schema))

        async def main() -> None:
            rows = await coco.mount_target(tables.table("table", schema))
            await coco.mount_each(coco.component_subpath("log"), keep, log, rows)

        return main

    for schema in (1, 1, 2, 2):
        run(main(schema))
    assert log.began_at == [0, 3, 0, 3]
    assert tables.tables == {"table": {"two": 2, "three": 2}}


def test_tables_that_children_declare_come_and_go(run: Any, log: Log) -> None:
    tables = RecordingContainers()

    @coco.fn
    async def keep(value: str) -> None:
        rows = await coco.mount_target(tables.table(value))
        coco.declare_target_state(rows.target_state("row", value))

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("log"), keep, log)

    run(main)
    log.entries.append(("b", "four"))
    run(main)
    run(main)
    assert log.began_at == [0, 3, 4]
    assert tables.tables == {"three": {"row": "three"}, "four": {"row": "four"}}


def test_functions_that_come_up_only_while_it_runs(run: Any, log: Log, target: RecordingTarget) -> None:
    @coco.fn
    async def keep(value: str) -> None:
        @coco.fn
        def inner() -> str:
            return value

        target.declare(value, inner())

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("log"), keep, log)

    run(main)
    run(main)
    assert log.began_at == [0, 3]


def test_a_live_component_begins_anew(run: Any, target: RecordingTarget) -> None:
    found: list[Any] = []

    def update(version: int) -> None:
        @coco.fn(version=version)
        async def keep(value: str) -> None:
            target.declare(value, version)

        class Component:
            async def process(self) -> None: ...

            async def process_live(self, operator: coco.LiveComponentOperator) -> None:
                found.append(await operator.read_committed_state("cursor"))
                if found[-1] is None:
                    await operator.update(coco.component_subpath("a"), keep, "one")
                    await operator.checkpoint(1)
                await operator.mark_ready()
                await asyncio.Event().wait()

        async def main() -> None:
            await coco.mount(coco.component_subpath("live"), Component)

        run(main)

    for version in (1, 1, 2, 2):
        update(version)
    assert found == [None, 1, None, 1]
    assert target.data == {"one": 2}


def test_a_position_that_is_written_at_once_rests_on_it_too(run: Any, target: RecordingTarget) -> None:
    found: list[Any] = []

    def update(version: int) -> None:
        @coco.fn(version=version)
        async def keep(value: str) -> None:
            target.declare(value, version)

        class Source:
            async def watch(self, subscriber: Any) -> None:
                found.append(await subscriber.read_committed_state("cursor"))
                if found[-1] is None:
                    await subscriber.write_committed_state("cursor", 1)
                    await (await subscriber.update("a", "one")).ready()
                await subscriber.mark_ready()
                await asyncio.Event().wait()

        async def main() -> None:
            await coco.mount_each(coco.component_subpath("log"), keep, Source())

        run(main)

    for version in (1, 1, 2, 2):
        update(version)
    assert found == [None, 1, None, 1]


def test_what_failed_is_tried_all_the_same(make_app: Any, target: RecordingTarget) -> None:
    log = Log([("a", "bad"), ("b", "two")])

    @coco.fn(version=1)
    async def fails(value: str) -> None:
        if value == "bad":
            raise ValueError(value)
        target.declare(value, 1)

    @coco.fn(version=2)
    async def mended(value: str) -> None:
        target.declare(value, 2)

    mounted = fails

    async def main() -> None:
        await coco.mount_each(coco.component_subpath("log"), mounted, log)

    app = make_app(main)
    app.update_blocking()
    assert target.data == {"two": 1}
    mounted = mended
    del log.entries[0]  # it has forgotten that meanwhile
    app.update_blocking()
    assert log.began_at == [0, 0]
    assert target.data == {"bad": 2, "two": 2}
