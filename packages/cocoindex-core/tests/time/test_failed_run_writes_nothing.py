"""A component that ran out of time is one that failed: nothing of it is written, and the next update tries again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_its_declarations_are_discarded_and_the_next_update_makes_up_for_it(make_app: Any) -> None:
    target = RecordingTarget()
    limit = [timedelta(0)]
    told: list[tuple[str, str]] = []

    def handler(exc: BaseException, context: coco.ExceptionContext) -> None:
        told.append((type(exc).__name__, context.stable_path))

    @coco.fn(memo=True)
    async def process(key: str) -> None:
        with coco.timeout(limit[0]):
            target.declare(key, 1)
            coco.check_cancellation()

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(handler):
            await coco.mount(process, "row")

    app = make_app(main)
    app.update_blocking()
    assert target.actions == []
    assert told == [("DeadlineExceededError", "/@process")]
    limit[0] = timedelta(minutes=1)
    app.update_blocking()
    assert target.data == {"row": 1}


def test_it_keeps_what_it_had(make_app: Any) -> None:
    target = RecordingTarget()
    source = {"value": 1, "limit": timedelta(minutes=1)}

    @coco.fn
    async def process() -> None:
        with coco.timeout(source["limit"]):  # type: ignore[arg-type]  # of two kinds of values
            target.declare("row", source["value"])
            coco.check_cancellation()

    @coco.fn
    async def main() -> None:
        await coco.use_mount(process)

    app = make_app(main)
    app.update_blocking()
    source.update(value=2, limit=timedelta(0))
    with pytest.raises(coco.DeadlineExceededError):
        app.update_blocking()
    assert target.data == {"row": 1}


def test_a_target_that_times_out_is_not_our_time_limit(make_app: Any) -> None:
    """`DeadlineExceededError` is a `TimeoutError`, and not every `TimeoutError` is one."""
    target = RecordingTarget()

    def refuse(_: Any) -> None:
        raise TimeoutError("server")

    target.on_batch = refuse

    @coco.fn
    async def main() -> None:
        target.declare("row", 1)

    with pytest.raises(TimeoutError, match="server") as caught:
        make_app(main).update_blocking()
    assert not isinstance(caught.value, coco.DeadlineExceededError)
