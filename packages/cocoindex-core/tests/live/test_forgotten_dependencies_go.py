"""Sets of dependencies that nothing holds to any more go while a live update goes on, and those in use stay."""

from __future__ import annotations

import asyncio
import pathlib
from typing import Any

import cocoindex as coco
from cocoindex._engine.keyspace import DEPS
from cocoindex._store import open_database
from cocoindex.testing import RecordingContainers

from .driven import View, live

LONG = coco.ContextKey[int]("a name that makes each set of dependencies large " * 400, detect_change=True)


def stored_sets(db_path: pathlib.Path) -> int:
    database = open_database(db_path, readonly=True)
    try:
        return len(database.open_app("app").scan_keys(DEPS, limit=10_000))
    finally:
        database.close()


class Program:
    """Children that depend on a table of their own, and on something with a long name.

    Attributes:
        ran: the values with which children ran.
        waits: which of them wait until `open` is set.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.tables = RecordingContainers()
        self.view = View({})
        self.ran: list[Any] = []
        self.waits: set[Any] = set()
        self.open = asyncio.Event()

    def __coco_memo_key__(self) -> str:
        return "program"

    async def main(self) -> None:
        await coco.mount_each(coco.component_subpath("view"), keep, self.view, self)

    def app(self) -> tuple[coco.Environment, Any]:
        environment = coco.Environment(coco.Settings(db_path=self.folder))
        environment.context_provider.provide(LONG, 1)
        return environment, coco.App(coco.AppConfig(name="app", environment=environment), self.main)

    async def live(self, act: Any) -> None:
        environment, app = self.app()
        async with live(app):
            await act()
        await asyncio.to_thread(environment.close)

    async def change(self, n: int) -> None:
        self.view.items[n] = n
        await self.view.update(n, n)
        del self.view.items[n]
        await self.view.delete(n)


@coco.fn(memo=True)
async def keep(value: Any, program: Program) -> None:
    program.ran.append(value)
    coco.use_context(LONG)
    rows = await coco.mount_target(program.tables.table(value))
    coco.declare_target_state(rows.target_state("row", value))
    await coco.mount(below, value)
    call(value)
    if value in program.waits:
        await program.open.wait()


@coco.fn(memo=True)
async def below(value: Any) -> None:
    coco.use_context(LONG)


@coco.fn(memo=True)
def call(value: Any) -> int:
    return coco.use_context(LONG)


def test_many_changes_leave_few_sets(tmp_path: pathlib.Path) -> None:
    async def run() -> None:
        program = Program(tmp_path / "store")

        async def act() -> None:
            program.view.items = {"stays": "stays", "stays too": "stays too"}
            await program.view.do(lambda calls: calls.update_all())
            for n in range(400):
                await program.change(n)

        await program.live(act)
        assert len(program.ran) == 402
        assert stored_sets(program.folder) < 100
        program.ran.clear()
        program.view.__init__(program.view.items)  # type: ignore[misc]

        async def nothing() -> None: ...

        await program.live(nothing)
        assert program.ran == []

    asyncio.run(run())


def test_what_is_under_way_meanwhile_is_kept(tmp_path: pathlib.Path) -> None:
    async def run() -> None:
        program = Program(tmp_path / "store")
        program.waits = {"waits"}

        async def act() -> None:
            for n in range(100):
                await program.change(n)
            program.view.items["waits"] = "waits"
            handle = await program.view.do(lambda calls: calls.update("waits", "waits"))
            for n in range(100, 160):
                await program.change(n)
            program.open.set()
            await handle.ready()
            for n in range(160, 200):
                await program.change(n)

        await program.live(act)
        program.ran.clear()
        program.view.__init__(program.view.items)  # type: ignore[misc]

        async def nothing() -> None: ...

        await program.live(nothing)
        assert program.ran == []

    asyncio.run(run())
