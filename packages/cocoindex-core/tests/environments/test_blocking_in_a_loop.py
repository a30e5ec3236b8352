"""A blocking call where a loop runs says at once what to call instead."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cocoindex as coco


@coco.fn
async def main() -> int:
    return 1


CALLS = {
    "app.update_blocking()": "await app.update()",
    "app.drop_blocking()": "await app.drop()",
    "coco.start_blocking()": "await coco.start()",
    "coco.stop_blocking()": "await coco.stop()",
    "coco.default_env()": "await coco.default_env()",
    "with coco.runtime()": "async with coco.runtime()",
}


def call(what: str, app: Any) -> None:
    if what == "with coco.runtime()":
        with coco.runtime():
            pass
    elif what == "coco.default_env()":
        coco.default_env().get_context(coco.ContextKey("test/blocking"))
    elif what.startswith("app."):
        getattr(app, what[4:-2])()
    else:
        getattr(coco, what[5:-2])()


@pytest.mark.parametrize(("what", "instead"), CALLS.items())
def test_under_a_running_loop(default_env: None, what: str, instead: str) -> None:
    app = coco.App(f"blocking {what}", main)

    async def run() -> None:
        call(what, app)

    with pytest.raises(RuntimeError, match="would block the event loop") as caught:
        asyncio.run(run())
    assert str(caught.value).startswith(what) and f"use `{instead}` here" in str(caught.value)


def test_in_an_async_component(make_app: Any) -> None:
    @coco.fn
    async def blocks() -> None:
        make_app(main, name="other").update_blocking()

    with pytest.raises(RuntimeError, match=r"use `await app\.update\(\)` here"):
        make_app(blocks).update_blocking()


def test_another_app_may_be_updated_from_a_sync_component(make_app: Any) -> None:
    other = make_app(main, name="other")

    @coco.fn
    def blocks() -> Any:
        return other.update_blocking()

    assert make_app(blocks).update_blocking() == 1


def test_another_app_may_be_updated_from_an_async_component(make_app: Any) -> None:
    other = make_app(main, name="other")

    @coco.fn
    async def waits() -> Any:
        return await other.update()

    assert make_app(waits).update_blocking() == 1


def test_an_app_cannot_wait_for_itself(make_app: Any) -> None:
    apps: list[Any] = []

    @coco.fn
    async def itself() -> None:
        await apps[0].update()

    @coco.fn
    def drops_itself() -> None:
        apps[1].drop_blocking()

    apps += [make_app(itself, name="itself"), make_app(drops_itself, name="drops itself")]
    for app, what in zip(apps, ("update", "drop"), strict=True):
        with pytest.raises(RuntimeError, match=rf"waits for {what}\(\) of that app"):
            app.update_blocking()


def test_what_runs_already_is_given_without_blocking(default_env: None) -> None:
    async def run() -> str:
        async with coco.runtime():
            return str(coco.default_env().name)

    assert asyncio.run(run()) == "default"
