"""An app that was let go of does not stand in the way of another of its name, whatever the collector does."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco


@pytest.fixture(autouse=True)
def no_collection() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@coco.fn
async def main() -> int:
    return 1


@coco.fn
async def failing() -> int:
    raise ValueError("as the test wants it")


def never(app: Any) -> None:
    pass


def blocking(app: Any) -> None:
    app.update_blocking()


def awaited(app: Any) -> None:
    async def update() -> None:
        await app.update()

    asyncio.run(update())


def previewed(app: Any) -> None:
    app.update_blocking(preview=True)


def dropped(app: Any) -> None:
    app.update_blocking()
    app.drop_blocking()


def in_a_cycle(app: Any) -> None:
    app.me = app


@pytest.mark.parametrize("use", [never, blocking, awaited, previewed, dropped, in_a_cycle])
def test_after_it_was_used(make_app: Any, use: Callable[[Any], None]) -> None:
    app = make_app(main)
    use(app)
    del app
    assert make_app(main).update_blocking() == 1


def test_after_it_failed(make_app: Any) -> None:
    app = make_app(failing)
    with pytest.raises(ValueError):
        app.update_blocking()
    del app
    assert make_app(main).update_blocking() == 1


@pytest.mark.parametrize("options", [{}, {"full_reprocess": True}, {"live": True}, {"preview": True}], ids=str)
def test_while_its_exception_is_kept(make_app: Any, options: dict[str, bool]) -> None:
    app = make_app(failing)
    with pytest.raises(ValueError) as kept:
        app.update_blocking(**options)
    del app
    assert make_app(main).update_blocking() == 1
    assert kept.value is not None


def test_while_its_handle_is_kept(make_app: Any) -> None:
    async def update() -> object:
        app = make_app(main)
        handles = app.update(), app.drop()
        for handle in handles:
            await handle
        return handles

    handles = asyncio.run(update())
    assert make_app(main).update_blocking() == 1
    del handles


def test_right_after_its_update_was_cancelled(make_app: Any) -> None:
    async def cancelled() -> None:
        began = asyncio.Event()

        @coco.fn
        async def endless() -> None:
            began.set()
            await asyncio.Event().wait()

        app = make_app(endless)
        update = asyncio.ensure_future(app.update())
        await began.wait()
        update.cancel()
        with pytest.raises(asyncio.CancelledError):
            await update
        del app, update
        assert await make_app(main).update() == 1

    asyncio.run(cancelled())


def test_one_that_is_still_there_is_an_error(make_app: Any) -> None:
    app = make_app(main)
    with pytest.raises(coco.errors.AppExistsError, match="'app' exists already"):
        make_app(main)
    del app
