"""A call raises what stops it from returning: `use_mount`, updates and drops do, the background does not."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers, RecordingTarget


@coco.fn
async def boom(*_: Any) -> None:
    raise LookupError("boom")


async def outcome(call: Any) -> str:
    try:
        await call
    except LookupError as exc:
        return f"raised {exc}"
    return "returned"


def test_mount_and_ready_do_not_raise(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def main() -> list[str]:
        first = await coco.mount(boom)
        second = await coco.mount_each(coco.component_subpath("each"), boom, [(1, 1)])
        return [await outcome(first.ready()), await outcome(second.ready())]

    assert make_app(main).update_blocking() == ["returned", "returned"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert {"/@boom", '/"each"/1'} <= set(caplog.text.split())


def test_use_mount_raises(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def main() -> str:
        return await outcome(coco.use_mount(boom))

    assert make_app(main).update_blocking() == "raised boom"
    assert caplog.records == []


def test_use_mount_raises_when_the_target_refuses(make_app: Any) -> None:
    target = RecordingTarget()
    target.fail_keys = {"row"}

    @coco.fn
    async def child() -> None:
        target.declare("row", 1)

    @coco.fn
    async def main() -> None:
        await coco.use_mount(child)

    with pytest.raises(RuntimeError, match="told to fail"):
        make_app(main).update_blocking()


def test_use_mount_does_not_raise_what_failed_in_the_background_below(make_app: Any) -> None:
    @coco.fn
    async def middle() -> str:
        await coco.mount(boom)
        return "value"

    @coco.fn
    async def main() -> str:
        return str(await coco.use_mount(middle))

    assert make_app(main).update_blocking() == "value"


def test_mount_target_raises(make_app: Any) -> None:
    tables = RecordingContainers()
    tables.fail_keys = {"t"}

    @coco.fn
    async def main() -> None:
        await coco.mount_target(tables.table("t"))

    with pytest.raises(RuntimeError, match="told to fail"):
        make_app(main).update_blocking()


def test_what_the_main_function_raises_comes_out_of_the_update(make_app: Any) -> None:
    with pytest.raises(LookupError, match="boom"):
        make_app(boom).update_blocking()


def test_background_failures_do_not(make_app: Any) -> None:
    @coco.fn
    async def main() -> str:
        await coco.mount(boom)
        return "done"

    assert make_app(main).update_blocking() == "done"


def test_drop_raises_at_any_depth_and_keeps_the_record_of_what_is_left(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    async def leaf() -> None:
        target.declare("deep", 1)

    @coco.fn
    async def middle() -> None:
        target.declare("middle", 1)
        await coco.mount(leaf)

    @coco.fn
    async def main() -> None:
        await coco.mount(middle)

    app = make_app(main)
    app.update_blocking()
    target.fail_keys = {"deep"}
    with pytest.raises(coco.errors.DropError, match="/@middle/@leaf"):
        app.drop_blocking()
    assert target.data == {"deep": 1, "middle": 1}
    target.fail_keys = set()
    app.drop_blocking()
    assert target.data == {}


def test_the_failure_is_the_object_that_was_raised(make_app: Any) -> None:
    class Odd(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__("odd")

    raised: list[BaseException] = []

    @coco.fn
    async def child() -> None:
        try:
            raise KeyError("cause")
        except KeyError as cause:
            raised.append(Odd(1, 2))
            raise raised[0] from cause

    @coco.fn
    async def main() -> None:
        await coco.use_mount(child)

    with pytest.raises(Odd) as caught:
        make_app(main).update_blocking()
    assert caught.value is raised[0]
    assert isinstance(caught.value.__cause__, KeyError)
    assert [entry.name for entry in caught.traceback][-1] == "child"
