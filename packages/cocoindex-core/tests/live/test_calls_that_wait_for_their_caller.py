"""A call of an operator that is made in what it waits for, and so waits for ever, is told of in the log."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import run_in_virtual_time

from .driven import Driven, live


async def nothing() -> None: ...


CALLS = {
    "update()": lambda operator: operator.update(coco.component_subpath("x"), nothing),
    "delete()": lambda operator: operator.delete(coco.component_subpath("x")),
    "update_full()": lambda operator: operator.update_full(),
}


class Component(Driven):
    """Makes a call where it runs."""

    def __init__(self, call: Any, *, waits: bool, nested: bool) -> None:
        super().__init__()
        self.call, self.waits, self.nested = call, waits, nested
        self.task: asyncio.Task[Any] | None = None

    async def work(self) -> None:
        if self.waits:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(self.call(self.calls), 60)
        elif self.task is None:
            self.task = asyncio.ensure_future(self.call(self.calls))

    async def process(self) -> None:
        await (coco.mount(self.work) if self.nested else self.work())


class Live:
    def __init__(self, component: Component) -> None:
        self.component = component

    async def process(self) -> None:
        await self.component.process()

    async def process_live(self, operator: Any) -> None:
        self.component.calls = operator
        await operator.update_full()
        await operator.mark_ready()
        await self.component.run(operator)


def run(make_app: Any, component: Component) -> None:
    kind: Any = Live

    @coco.fn
    async def main() -> None:
        await coco.mount(kind, component)

    async def update() -> None:
        async with live(make_app(main)):
            if component.task is not None:
                await asyncio.wait_for(component.task, 60)

    run_in_virtual_time(update())


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_waits_for_its_caller_is_told_of(make_app: Any, caplog: Any, name: str, nested: bool) -> None:
    run(make_app, Component(CALLS[name], waits=True, nested=nested))
    (told,) = (record.getMessage() for record in caplog.records)
    assert told.startswith(f"operator.{name} was called in /") and "call it in process_live()" in told


@pytest.mark.parametrize("name", CALLS)
def test_a_call_of_a_task_that_nobody_waits_for(make_app: Any, caplog: Any, name: str) -> None:
    run(make_app, Component(CALLS[name], waits=False, nested=False))
    assert not caplog.records
