"""Whatever a runner raises when it is stopped is logged; the others are stopped, and the environment is closed."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import cocoindex as coco


class Panic(BaseException):
    """As those that libraries written in other languages raise."""


class Stubborn(coco.Runner):
    def __init__(self, stopped: list[str]) -> None:
        self.stopped = stopped

    async def execute(self, fn: Any, args: Any, kwargs: Any, *, deadline: float | None = None) -> Any:
        return fn(*args, **kwargs)

    def stop(self) -> None:
        self.stopped.append("one")
        raise Panic("no")


def test_the_others_are_stopped(env: coco.Environment, make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    stopped: list[str] = []

    @coco.fn.as_async(runner=Stubborn(stopped))
    def first(value: int) -> int:
        return value

    @coco.fn.as_async(runner=Stubborn(stopped))
    def second(value: int) -> int:
        return value

    @coco.fn
    async def main() -> int:
        return await first(1) + await second(2)

    assert make_app(main).update_blocking() == 3
    with caplog.at_level(logging.ERROR, "cocoindex"):
        env.close()
    assert stopped == ["one", "one"]
    assert len([record for record in caplog.records if "could not be stopped" in record.message]) == 2
