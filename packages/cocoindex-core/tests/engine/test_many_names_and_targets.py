"""However many functions and targets an app has, each is known by its own name in later updates."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Awaitable, Callable

import cocoindex as coco
from cocoindex import inspect
from cocoindex.testing import RecordingTarget

MANY = 1100


def named(number: int) -> Callable[[], Awaitable[None]]:
    async def function() -> None: ...

    function.__name__ = function.__qualname__ = f"function {number}"
    return function


async def processor_names(app: coco.App[..., None]) -> list[str]:
    return [detail.processor_name async for detail in inspect.iter_stable_path_details(app)]


def test_functions(tmp_path: pathlib.Path) -> None:
    functions = [named(number) for number in range(MANY)]

    @coco.fn
    async def main() -> None:
        for number, function in enumerate(functions):
            await coco.mount(coco.component_subpath(number), function)

    for _ in range(2):
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        app = coco.App(coco.AppConfig("app", environment=environment), main)
        app.update_blocking()
        names = asyncio.run(processor_names(app))
        environment.close()
        assert names[1:] == [f"function {n}" for n in range(len(functions))]
        functions.append(named(len(functions)))


def test_targets_that_nothing_declares_any_more(tmp_path: pathlib.Path) -> None:
    targets = [RecordingTarget(f"{__name__} {number}") for number in range(MANY)]
    declares = True

    @coco.fn
    async def main() -> None:
        for target in targets if declares else []:
            target.declare("key", 1)

    for _ in range(2):
        environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
        coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
        environment.close()
        assert [target.data for target in targets] == [{"key": 1} if declares else {}] * MANY
        declares = False
