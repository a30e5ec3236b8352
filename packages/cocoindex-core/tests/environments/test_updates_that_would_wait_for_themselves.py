"""An update or drop that is called inside the one whose end it would wait for is an error, however it gets there."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import UpdateInsideItselfError
from cocoindex.testing import RecordingTarget

CALLS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "update": lambda app: app.update().result(),
    "preview": lambda app: app.update(preview=True).result(),
    "drop": lambda app: app.drop().result(),
}


@pytest.fixture
def env(tmp_path: pathlib.Path) -> coco.Environment:
    return coco.Environment(coco.Settings(db_path=tmp_path / "db"))


def make(env: coco.Environment, name: str, main: Callable[..., Any]) -> coco.App[..., Any]:
    return coco.App(coco.AppConfig(name, environment=env), coco.fn(main))


async def outcome(call: Awaitable[Any]) -> Any:
    try:
        return await asyncio.wait_for(asyncio.ensure_future(call), 30)
    except Exception as error:
        return error


@pytest.mark.parametrize("call", CALLS)
def test_through_other_apps(env: coco.Environment, call: str) -> None:
    async def first_main() -> Any:
        return await second.update()

    async def second_main() -> Any:
        return await third.update()

    async def third_main() -> Any:
        return await outcome(CALLS[call](first))

    first, second, third = make(env, "1", first_main), make(env, "2", second_main), make(env, "3", third_main)
    found = first.update_blocking()
    assert isinstance(found, UpdateInsideItselfError)
    assert f"{'drop' if call == 'drop' else 'update'}() of app '1'" in str(found)


def test_through_a_sync_component_of_another_app(env: coco.Environment) -> None:
    async def first_main() -> Any:
        return await second.update()

    def work() -> Any:
        try:
            return first.update_blocking()
        except Exception as error:
            return error

    async def second_main() -> Any:
        return await coco.use_mount(coco.fn(work))

    first, second = make(env, "1", first_main), make(env, "2", second_main)
    assert isinstance(first.update_blocking(), UpdateInsideItselfError)


@pytest.mark.parametrize("call", ["update_blocking", "drop_blocking"])
@pytest.mark.parametrize("dropped", [False, True])
def test_out_of_a_sink(env: coco.Environment, call: str, dropped: bool) -> None:
    target = RecordingTarget()
    raised: list[BaseException] = []

    async def main() -> None:
        target.declare("key", 1)

    app = make(env, "a", main)

    def call_it(actions: Any) -> None:
        try:
            getattr(app, call)()
        except Exception as error:
            raised.append(error)

    if dropped:
        app.update_blocking()
    target.on_batch = call_it
    (app.drop_blocking if dropped else app.update_blocking)()
    assert [type(error) for error in raised] == [UpdateInsideItselfError]
    assert target.data == ({} if dropped else {"key": 1})


def test_out_of_an_exception_handler(env: coco.Environment) -> None:
    found: list[Any] = []

    async def bad() -> None:
        raise ValueError("bad")

    async def handle(error: BaseException, context: coco.ExceptionContext) -> None:
        found.append(await outcome(app.update().result()))

    async def main() -> None:
        async with coco.exception_handler(handle):
            await coco.mount(coco.fn(bad))

    app = make(env, "a", main)
    app.update_blocking()
    assert [type(error) for error in found] == [UpdateInsideItselfError]


def test_another_app_may_be_updated_and_dropped(env: coco.Environment) -> None:
    async def second_main() -> int:
        return 2

    async def first_main() -> Any:
        found = await second.update(), await second.update()
        await second.drop()
        return found

    first, second = make(env, "1", first_main), make(env, "2", second_main)
    assert first.update_blocking() == (2, 2)
