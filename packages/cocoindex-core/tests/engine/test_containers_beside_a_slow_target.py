"""A container is made and kept while another target hangs; one that takes its rows along waits for what writes them."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordingContainers

from .gates import GatedTarget, run


def test_containers_that_are_made(make_app: Any) -> None:
    async def scenario() -> None:
        slow, tables = GatedTarget(), RecordingContainers()

        @coco.fn
        async def put() -> None:
            slow.declare(0)

        @coco.fn
        async def row(table: Any, key: str) -> None:
            coco.declare_target_state(table.target_state(key, 1))

        @coco.fn
        async def main() -> None:
            await coco.mount(put)
            if slow.data == {}:
                await slow.called.wait()
            for name in "ab":
                table = await coco.mount_target(tables.table(name))
                await (await coco.mount(coco.component_subpath(name), row, table, name)).ready()
            slow.gate.set()

        app = make_app(main)
        slow.close()
        await app.update()
        assert tables.tables == {"a": {"a": 1}, "b": {"b": 1}}
        await app.update()
        assert tables.tables == {"a": {"a": 1}, "b": {"b": 1}}

    run(scenario())


def test_a_container_that_is_made_anew_waits_for_its_rows(make_app: Any) -> None:
    async def scenario() -> None:
        planned = asyncio.Event()

        class Tables(RecordingContainers):
            def reconcile(self, key: Any, desired: Any, *args: Any) -> Any:
                if desired == 2:
                    planned.set()
                return super().reconcile(key, desired, *args)

        tables = Tables(invalidation="destructive")
        order: list[str] = []
        called, go_on = threading.Event(), threading.Event()
        schema = 1

        def write_rows(_: Any) -> None:
            called.set()
            order.append("rows begin")
            go_on.wait()
            order.append("rows end")

        @coco.fn
        async def row(table: Any) -> None:
            coco.declare_target_state(table.target_state("key", schema))

        @coco.fn
        async def make(schema: int) -> None:
            coco.declare_target_state_with_child(tables.table("t", schema))

        @coco.fn
        async def main() -> None:
            table = await coco.mount_target(tables.table("t", 1))
            await coco.mount(row, table)
            if schema == 1:
                return
            await coco.fn.as_async(called.wait)()
            anew = await coco.mount(make, 2)
            await planned.wait()
            for _ in range(10):
                await asyncio.sleep(0)
            go_on.set()
            await anew.ready()

        app = make_app(main)
        await app.update()
        schema = 2
        tables.rows.on_batch = write_rows
        tables.on_batch = lambda actions: order.extend(f"table {each.verb}" for each in actions)
        await app.update()
        assert order.index("rows end") < order.index("table upsert")

    run(scenario())
