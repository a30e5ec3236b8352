"""Handlers are told of failures, innermost first; one that raises hands on to the next, the last to ready."""

from __future__ import annotations

import asyncio
import pathlib
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget

Told = list[tuple[str, BaseException, coco.ExceptionContext]]


@coco.fn
async def boom(*_: Any) -> None:
    raise LookupError("boom")


@pytest.fixture
def told() -> Told:
    return []


def teller(name: str, told: Told, raises: BaseException | None = None) -> coco.ExceptionHandler:
    def handler(exc: BaseException, context: coco.ExceptionContext) -> None:
        told.append((name, exc, context))
        if raises is not None:
            raise raises

    return handler


def test_one_that_returns_settles_it_and_nothing_is_logged(
    make_app: Any, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("only", told)):
            handle = await coco.mount(boom)
        await handle.ready()

    make_app(main).update_blocking()
    assert [name for name, *_ in told] == ["only"]
    assert caplog.records == []


def test_it_gets_the_exception_itself_with_its_traceback(make_app: Any, told: Told) -> None:
    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("only", told)):
            await coco.mount(boom)

    make_app(main).update_blocking()
    [(_, exc, _)] = told
    assert type(exc) is LookupError
    assert "raise LookupError" in "".join(traceback.format_exception(exc))


def test_async_handlers_are_awaited(make_app: Any) -> None:
    seen: list[str] = []

    async def handler(exc: BaseException, context: coco.ExceptionContext) -> None:
        await asyncio.sleep(0)
        seen.append(context.stable_path)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(handler):
            handle = await coco.mount(boom)
        await handle.ready()
        seen.append("ready")

    make_app(main).update_blocking()
    assert seen == ["/@boom", "ready"]


def test_the_fields_of_the_context(make_app: Any, told: Told) -> None:
    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("only", told)):
            await coco.mount(coco.component_subpath("a"), boom)
            await coco.mount_each(coco.component_subpath("b"), boom, [("key", 1)])

    make_app(main).update_blocking()
    assert sorted((context for *_, context in told), key=lambda context: context.mount_kind) == [
        coco.ExceptionContext("test", '/"a"', "boom", "mount", "/", True, "component", None),
        coco.ExceptionContext("test", '/"b"/"key"', "boom", "mount_each", "/", True, "component", None),
    ]


def test_a_failed_removal_is_told_to_the_handler_of_the_environment(tmp_path: pathlib.Path, told: Told) -> None:
    settings = coco.Settings(db_path=tmp_path / "db")
    env = coco.Environment(settings, name="named", exception_handler=teller("env", told))
    target, keys = RecordingTarget(), ["a", "b"]

    @coco.fn
    async def leaf(key: str) -> None:
        target.declare(key, 1)

    @coco.fn
    async def main() -> None:
        for key in keys:
            await coco.mount(coco.component_subpath(key), leaf, key)

    app = coco.App(coco.AppConfig("app", environment=env), main)
    app.update_blocking()
    keys.remove("b")
    target.fail_keys = {"b"}
    app.update_blocking()
    env.close()
    [(_, exc, context)] = told
    assert isinstance(exc, RuntimeError)
    name = leaf.__qualname__
    assert context == coco.ExceptionContext("named", '/"b"', name, "delete_background", "/", True, "component", None)


def test_each_that_raises_hands_its_own_exception_to_the_next(make_app: Any, told: Told) -> None:
    inner, middle, outer = (RuntimeError(name) for name in ("inner", "middle", "outer"))

    @coco.fn
    async def main() -> BaseException | None:
        async with (
            coco.exception_handler(teller("outer", told, outer)),
            coco.exception_handler(teller("middle", told, middle)),
            coco.exception_handler(teller("inner", told, inner)),
        ):
            handle = await coco.mount(boom)
        try:
            await handle.ready()
        except RuntimeError as exc:
            return exc
        return None

    assert make_app(main).update_blocking() is outer
    original = told[0][1]
    assert [(name, exc) for name, exc, _ in told] == [("inner", original), ("middle", inner), ("outer", middle)]
    assert [context.source for *_, context in told] == ["component", "handler", "handler"]
    assert [context.original_exception for *_, context in told] == [None, original, original]


def test_one_that_raises_the_same_again_hands_it_through(make_app: Any, told: Told) -> None:
    def passing(exc: BaseException, context: coco.ExceptionContext) -> None:
        raise exc

    @coco.fn
    async def main() -> str:
        async with coco.exception_handler(passing):
            handle = await coco.mount_each(boom, [(1, 1), (2, 2)])
        try:
            await handle.ready()
        except LookupError as exc:
            return str(exc)
        return "nothing"

    assert make_app(main).update_blocking() == "boom"


def test_what_leaves_the_last_does_not_harm_who_does_not_wait(make_app: Any, told: Told) -> None:
    @coco.fn
    async def main() -> str:
        async with coco.exception_handler(teller("raising", told, RuntimeError())):
            await coco.mount(boom)
        return "done"

    assert make_app(main).update_blocking() == "done"


def test_the_one_of_the_environment_is_outermost(tmp_path: pathlib.Path, told: Told) -> None:
    settings = coco.Settings(db_path=tmp_path / "db")
    env = coco.Environment(settings, name="named", exception_handler=teller("env", told))

    @coco.fn
    async def main() -> None:
        await coco.mount(coco.component_subpath("outside"), boom)
        async with coco.exception_handler(teller("block", told, RuntimeError("block"))):
            await coco.mount(coco.component_subpath("inside"), boom)

    coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
    env.close()
    by_path = {'/"outside"': ["env"], '/"inside"': ["block", "env"]}
    assert {path: [name for name, _, context in told if context.stable_path == path] for path in by_path} == by_path
    assert {context.env_name for *_, context in told} == {"named"}


def test_the_lifespan_sets_it(tmp_path: pathlib.Path, told: Told) -> None:
    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        builder.set_exception_handler(teller("lifespan", told))
        yield

    @coco.fn
    async def main() -> None:
        await coco.mount(boom)

    try:
        coco.App("handler of the lifespan", main).update_blocking()
    finally:
        coco.stop_blocking()
    assert [name for name, *_ in told] == ["lifespan"]


def test_functions_called_inside_the_block_mount_under_it(make_app: Any, told: Told) -> None:
    async def helper() -> None:
        await coco.mount(boom)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("block", told)):
            await coco.map(lambda _: helper(), [1])

    make_app(main).update_blocking()
    assert [name for name, *_ in told] == ["block"]


def test_it_ends_with_the_block(make_app: Any, told: Told, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("block", told)):
            pass
        await coco.mount(boom)

    make_app(main).update_blocking()
    assert told == [] and len(caplog.records) == 1


def test_what_a_component_inside_mounts_itself_is_not_its_business(
    tmp_path: pathlib.Path, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    settings = coco.Settings(db_path=tmp_path / "db")
    env = coco.Environment(settings, exception_handler=teller("env", told))

    @coco.fn
    async def middle() -> None:
        await coco.mount(boom)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("block", told)):
            await coco.mount(middle)

    coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
    env.close()
    assert [name for name, *_ in told] == ["env"]


def test_use_mount_goes_by_no_handler(make_app: Any, told: Told) -> None:
    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("block", told)):
            await coco.use_mount(boom)

    with pytest.raises(LookupError):
        make_app(main).update_blocking()
    assert told == []


def test_a_target_that_refuses_is_told_too(make_app: Any, told: Told) -> None:
    target = RecordingTarget()
    target.fail_keys = {"row"}

    @coco.fn
    async def child() -> None:
        target.declare("row", 1)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(teller("block", told)):
            await coco.mount(child)

    make_app(main).update_blocking()
    assert [(type(exc), context.stable_path) for _, exc, context in told] == [(RuntimeError, "/@child")]


def test_without_any_it_is_logged_and_siblings_go_on(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()

    @coco.fn
    async def child(n: int) -> None:
        if n == 1:
            raise LookupError("boom")
        target.declare(n, n)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(n, n) for n in range(3)])

    make_app(main).update_blocking()
    assert target.data == {0: 0, 2: 2}
    [record] = caplog.records
    assert record.levelname == "ERROR" and "/@child/1" in record.getMessage() and record.exc_info is not None
