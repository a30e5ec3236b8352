"""Sets of dependencies that nothing holds to any more are forgotten: by a full reprocess, and when they are many."""

from __future__ import annotations

import itertools
import pathlib

import cocoindex as coco
from cocoindex._engine.keyspace import DEPS
from cocoindex._store import open_database

VERSION = coco.ContextKey[int]("version_read", detect_change=True)


def stored_sets(db_path: pathlib.Path) -> int:
    database = open_database(db_path, readonly=True)
    try:
        return len(database.open_app("app").scan_keys(DEPS, limit=1000))
    finally:
        database.close()


def test_full_reprocess_keeps_only_the_sets_in_use(tmp_path: pathlib.Path) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    async def child(n: int) -> int:
        runs.append(n)
        return coco.use_context(VERSION)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(1, 1), (2, 2)])

    def update(version: int, *, full: bool = False) -> None:
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"), name=f"v{version}{full}")
        environment.context_provider.provide(VERSION, version)
        coco.App(coco.AppConfig(name="app", environment=environment), main).update_blocking(full_reprocess=full)
        environment.close()

    for version in range(5):
        update(version)
    before = stored_sets(tmp_path / "store")
    update(5, full=True)
    after = stored_sets(tmp_path / "store")
    assert before >= 5
    assert after < before - 3
    runs.clear()
    update(5)
    assert runs == []


LONG = coco.ContextKey[int]("a name that makes each set of dependencies large " * 400, detect_change=True)


def test_many_updates_leave_few_sets_and_all_that_are_in_use(tmp_path: pathlib.Path) -> None:
    runs: list[str] = []

    @coco.fn(memo=True)
    async def changes() -> int:
        return coco.use_context(LONG)

    @coco.fn(memo=True)
    async def stays() -> None:
        runs.append("stays")

    @coco.fn(memo=True)
    def call() -> int:
        runs.append("call")
        return inner()

    @coco.fn(memo=True)
    def inner() -> int:
        return 1

    @coco.fn
    async def calls() -> None:
        call()

    @coco.fn
    async def main() -> None:
        for function in (changes, stays, calls):
            await coco.mount(function)

    stored = []
    for version in range(60):
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        environment.context_provider.provide(LONG, version)
        coco.App(coco.AppConfig(name="app", environment=environment), main).update_blocking()
        environment.close()
        stored.append(stored_sets(tmp_path / "store"))
    assert runs == ["stays", "call"]
    assert max(stored) < 20 and any(later < before for before, later in itertools.pairwise(stored))
