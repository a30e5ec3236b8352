"""Numbers are kept by the qualified names of functions, so that methods of one name are told apart."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco


class Short:
    async def process(self) -> None: ...


class Long:
    @coco.fn
    async def process(self) -> None: ...


def test_methods_of_two_classes(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("short"), Short().process)
        await coco.mount(coco.component_subpath("long"), Long().process)

    async def run() -> set[str]:
        handle = make_app(main).update()
        await handle
        return set(handle.stats().by_component)

    assert asyncio.run(run()) == {"Short.process", "Long.process", main.__qualname__}
