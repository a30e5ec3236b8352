"""What the tests of previews share: an environment, and a program whose sources are dicts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingContainers, RecordingTarget


class Program:
    """An app that keeps `values` in a flat target and `tables` in one of containers; counts what it runs."""

    def __init__(self, environment: coco.Environment, invalidation: Any = None) -> None:
        self.values: dict[str, int] = {}
        self.tables: dict[str, dict[str, int]] = {}
        self.schema = 1
        self.runs: list[str] = []
        self.flat = RecordingTarget()
        self.nested = RecordingContainers(invalidation=invalidation)
        config = coco.AppConfig("previewed", environment=environment)
        self.app: coco.App[[], str] = coco.App(config, self.main)

    async def main(self) -> str:
        """Mount a component for each value and each table."""
        await coco.mount_each(coco.component_subpath("value"), self.keep_value, self.values.items())
        for name, rows in self.tables.items():
            table = await coco.mount_target(self.nested.table(name, self.schema))
            await coco.mount(coco.component_subpath("table", name), self.keep_rows, table, rows)
        return "result"

    @coco.fn(memo=True, memo_key={"self": None})
    def keep_value(self, value: int) -> None:
        """Declare one value, under itself."""
        self.runs.append(f"value {value}")
        if value < 0:
            raise ValueError("negative")
        self.flat.declare(value, value)

    async def keep_rows(self, table: coco.TargetStateProvider[Any, None], rows: dict[str, int]) -> None:
        """Declare the rows of one table."""
        for key, value in rows.items():
            coco.declare_target_state(table.target_state(key, value))

    def taken(self) -> list[RecordedAction]:
        """The actions since the last call, but for those that change nothing."""
        return [*self.flat.take(), *self.nested.take(), *self.nested.rows.take()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store lies, once there is one."""
    return tmp_path / "store"


@pytest.fixture
def environment(folder: Path) -> Iterator[coco.Environment]:
    """An environment with a store of its own."""
    environment = coco.Environment(coco.Settings(db_path=folder))
    yield environment
    environment.close()


@pytest.fixture
def make(environment: coco.Environment) -> Callable[..., Program]:
    """Make the program, with what a change of a table's schema does to its rows."""
    return lambda invalidation=None: Program(environment, invalidation)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run async tests, each on a loop of its own."""
    if not asyncio.iscoroutinefunction(pyfuncitem.obj):
        return None
    args = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**args))
    return True
