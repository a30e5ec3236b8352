"""Between live updates and others nothing runs again, neither the first time nor after changes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

from .driven import View, live


class Listed:
    """A live component over a view."""

    def __init__(self, view: View, keep: Any) -> None:
        self.view = view
        self.keep = keep

    async def process(self) -> None:
        async for key, value in self.view:
            await coco.mount(coco.component_subpath(key), self.keep, value)

    async def process_live(self, operator: coco.LiveComponentOperator) -> None:
        await operator.update_full()
        await operator.mark_ready()
        await self.view.run(operator)


@pytest.mark.parametrize("kind", ["list", "view", "component"])
def test_what_ran_in_one_mode_is_skipped_in_the_other(make_app: Any, kind: str) -> None:
    target, ran = RecordingTarget(), list[Any]()

    @coco.fn(memo=True)
    async def keep(value: tuple[str, int]) -> None:
        ran.append(value)
        target.declare(*value)

    async def run() -> None:
        view = View({n: (str(n), 0) for n in range(5)})

        @coco.fn
        async def main(as_list: bool = False) -> None:
            if kind == "component":
                await coco.mount(Listed, view, keep)
            else:
                await coco.mount_each(keep, view if kind == "view" or live_now else list(view.items.items()))

        app = make_app(main)
        live_now = False
        await app.update()
        assert len(ran) == 5
        live_now = True
        async with live(app):
            assert len(ran) == 5
            if kind == "component":
                await view.ready(lambda operator: operator.update(coco.component_subpath(7), keep, ("7", 0)))
            else:
                await view.update(7, ("7", 0))
            view.items[7] = ("7", 0)
            assert len(ran) == 6
        live_now = False
        await app.update()
        live_now = True
        async with live(app):
            pass
        assert len(ran) == 6
        assert target.data == {str(n): 0 for n in (0, 1, 2, 3, 4, 7)}

    asyncio.run(run())
