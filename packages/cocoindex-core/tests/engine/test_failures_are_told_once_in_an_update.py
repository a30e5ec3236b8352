"""An update runs the root twice where a component inherits a target state; what fails is run, counted and told once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def errors_of(app: Any) -> int:
    async def update() -> int:
        handle = app.update()
        await handle
        return int(handle.stats().total.num_errors)

    return asyncio.run(update())


class Inheritance:
    """`heir` is done before `owner` no longer declares what both declare, so the root runs once more for it."""

    def __init__(self, env: coco.Environment) -> None:
        self.target = RecordingTarget()
        self.runs: Counter[str] = Counter()
        self.told: list[str] = []
        self.bad: set[str] = set()
        self.children = ["child"]
        self.version = 0
        self.app: Any = coco.App(coco.AppConfig("inheritance", environment=env), self._main)

    def update(self, version: int) -> int:
        """Returns how many components count as failed."""
        self.version = version
        self.runs.clear()
        self.told.clear()
        return errors_of(self.app)

    async def _main(self) -> None:
        at = coco.component_subpath

        async def tell(error: BaseException, context: coco.ExceptionContext) -> None:
            self.told.append(context.stable_path)

        async with coco.exception_handler(tell):
            await (await coco.mount(at("other"), self._other)).ready()
            await (await coco.mount(at("heir"), self._heir, self.version)).ready()
            await coco.mount(at("owner"), self._owner, self.version)

    async def _other(self) -> None:
        async def tell(error: BaseException, context: coco.ExceptionContext) -> None:
            self.told.append(context.stable_path)

        self._run("other")
        async with coco.exception_handler(tell):
            for child in self.children:
                await coco.mount(coco.component_subpath(child), self._child)

    async def _child(self) -> None:
        self.target.declare("child", 1)

    def _run(self, name: str) -> None:
        self.runs[name] += 1
        if name in self.bad:
            raise ValueError(name)

    async def _heir(self, version: int) -> None:
        self._run("heir")
        self.target.declare("shared", "of the heir")

    async def _owner(self, version: int) -> None:
        self._run("owner")
        if version == 0:
            self.target.declare("shared", "of the owner")


@pytest.fixture
def inheritance(env: coco.Environment) -> Inheritance:
    made = Inheritance(env)
    made.update(0)
    assert made.target.data == {"shared": "of the owner", "child": 1}
    return made


def test_the_heir_runs_again(inheritance: Inheritance) -> None:
    assert inheritance.update(1) == 0
    assert inheritance.runs == {"other": 2, "heir": 2, "owner": 2}
    assert inheritance.target.data["shared"] == "of the heir"


def test_a_heir_that_fails_is_left_to_the_next_update(inheritance: Inheritance) -> None:
    inheritance.bad.add("heir")
    assert inheritance.update(1) == 1
    assert inheritance.runs == {"other": 1, "heir": 1, "owner": 1}
    assert inheritance.told == ['/"heir"']
    inheritance.bad.clear()
    assert inheritance.update(1) == 0
    assert inheritance.target.data["shared"] == "of the heir"


def test_another_that_fails_neither_runs_nor_is_told_again(inheritance: Inheritance) -> None:
    inheritance.bad.add("other")
    assert inheritance.update(1) == 1
    assert inheritance.runs == {"other": 1, "heir": 2, "owner": 2}
    assert inheritance.told == ['/"other"']
    assert inheritance.target.data == {"shared": "of the heir", "child": 1}


def test_a_removal_that_fails_is_told_once(inheritance: Inheritance) -> None:
    inheritance.children.clear()
    inheritance.target.fail_keys = {"child"}
    assert inheritance.update(1) == 1
    assert inheritance.told == ['/"other"/"child"']
    assert inheritance.target.data == {"shared": "of the heir", "child": 1}
    inheritance.target.fail_keys = set()
    assert inheritance.update(1) == 0
    assert inheritance.target.data == {"shared": "of the heir"}


def test_the_heir_runs_again_below_a_component_that_failed(env: coco.Environment) -> None:
    target, told = RecordingTarget(), list[str]()
    version = 0

    async def heir() -> None:
        target.declare("shared", "of the heir")

    async def above() -> None:
        await (await coco.mount(coco.component_subpath("heir"), heir)).ready()
        if version:
            raise ValueError("after the heir")

    async def owner() -> None:
        if not version:
            target.declare("shared", "of the owner")

    async def tell(error: BaseException, context: coco.ExceptionContext) -> None:
        told.append(context.stable_path)

    async def main() -> None:
        async with coco.exception_handler(tell):
            await (await coco.mount(coco.component_subpath("above"), above)).ready()
            await coco.mount(coco.component_subpath("owner"), owner)

    app: Any = coco.App(coco.AppConfig("below", environment=env), main)
    assert errors_of(app) == 0
    version = 1
    assert errors_of(app) == 1
    assert target.data == {"shared": "of the heir"}
    assert told == ['/"above"']
