"""A removal that failed is tried again by the next update, also below components that could be skipped."""

from __future__ import annotations

import logging
import pathlib
from collections.abc import AsyncIterator

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

WANTED = coco.ContextKey[bool]("test/wanted", detect_change=True)


class Items:
    """A live map of one item, or none."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted

    async def __aiter__(self) -> AsyncIterator[tuple[str, str]]:
        if self._wanted:
            yield "item", "item"

    async def watch(self, subscriber: coco.LiveMapSubscriber[str, str]) -> None:
        await subscriber.update_all()
        await subscriber.mark_ready()


@pytest.mark.parametrize("how", ["mount", "mount_each", "live map", "below"])
def test_it_is_tried_again(tmp_path: pathlib.Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    @coco.fn(memo=True)
    async def child(item: str) -> None:
        target.declare("row", 1)

    @coco.fn(memo=True)
    async def between(item: str) -> None:
        await coco.mount(child, item)

    @coco.fn(memo=True)
    async def parent() -> None:
        wanted = coco.use_context(WANTED)
        if how == "mount_each":
            await coco.mount_each(child, [("item", "item")] * wanted)
        elif how == "live map":
            await coco.mount_each(child, Items(wanted))
        elif wanted:
            await coco.mount(between if how == "below" else child, "item")

    @coco.fn(memo=True)
    async def outer() -> None:
        await coco.mount(parent)

    @coco.fn
    async def main() -> None:
        await coco.mount(outer)

    def update(*, wanted: bool) -> None:
        context = coco.ContextProvider()
        context.provide(WANTED, wanted)
        env = coco.Environment(coco.Settings(db_path=tmp_path / "store"), context_provider=context)
        coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
        env.close()

    update(wanted=True)
    target.fail_keys = {"row"}
    with caplog.at_level(logging.CRITICAL):
        update(wanted=False)
    assert target.data == {"row": 1}
    target.fail_keys = set()
    update(wanted=False)
    assert target.data == {}
    target.take()
    update(wanted=False)
    assert target.take() == []
