"""A lifespan sets up before its `yield` and cleans up behind it; what it opened is closed whatever goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import LifespanError

FIRST = coco.ContextKey[str]("test/lifespan/first")
SECOND = coco.ContextKey[str]("test/lifespan/second")


class Life:
    """A lifespan that logs what happens, and fails where it is told to."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.log: list[str] = []
        self.fail_in: str | None = None
        self._folder = folder

    def say(self, what: str) -> None:
        self.log.append(what)
        if self.fail_in == what:
            raise OSError(f"failed in {what}")

    @contextlib.contextmanager
    def opened(self, what: str) -> Iterator[str]:
        self.say(f"open {what}")
        try:
            yield what
        finally:
            self.say(f"close {what}")

    @contextlib.asynccontextmanager
    async def opened_async(self, what: str) -> AsyncIterator[str]:
        with self.opened(what):
            await asyncio.sleep(0)
            yield what

    async def __call__(self, builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        if self.fail_in != "no path":
            builder.settings.db_path = self._folder / "db"
        builder.provide_with(FIRST, self.opened("first"))
        await builder.provide_async_with(SECOND, self.opened_async("second"))
        self.say("set up")
        yield
        self.say("clean up")


@pytest.fixture
def life(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    monkeypatch.delenv("COCOINDEX_DB", raising=False)
    life = Life(tmp_path)
    coco.lifespan(life)
    yield life
    life.fail_in = None
    coco.stop_blocking()


OPENED = ["open first", "open second", "set up"]
CLOSED = ["close second", "close first"]


def test_parentheses_change_nothing(life: Life) -> None:
    assert coco.lifespan()(life) is life
    coco.start_blocking()
    assert life.log == OPENED


def test_in_order_once(life: Life) -> None:
    coco.start_blocking()
    coco.start_blocking()
    coco.stop_blocking()
    coco.stop_blocking()
    assert life.log == [*OPENED, *CLOSED, "clean up"]


def test_what_it_provides_is_there_meanwhile(life: Life) -> None:
    with coco.runtime():
        env = coco.default_env()
        assert [env.get_context(FIRST), env.get_context(SECOND)] == ["first", "second"]


@pytest.mark.parametrize("where", ["set up", "open second"])
def test_where_it_fails_half_way_what_it_opened_is_closed(life: Life, where: str) -> None:
    life.fail_in = where
    with pytest.raises(OSError, match=where):
        coco.start_blocking()
    opened = OPENED[: OPENED.index(where) + 1]
    closed = [f"close {what.removeprefix('open ')}" for what in opened if what.startswith("open ") and what != where]
    assert life.log == [*opened, *reversed(closed)]
    life.log.clear()
    life.fail_in = None
    coco.start_blocking()
    assert life.log == OPENED


def test_where_no_environment_can_be_made_of_it_it_ends_in_order(life: Life) -> None:
    life.fail_in = "no path"
    with pytest.raises(ValueError, match="COCOINDEX_DB"):
        coco.start_blocking()
    assert life.log == [*OPENED, *CLOSED, "clean up"]


@pytest.mark.parametrize("where", ["clean up", "close first", "close second"])
def test_where_the_end_fails_the_rest_is_ended_and_it_can_be_started_again(life: Life, where: str) -> None:
    coco.start_blocking()
    life.fail_in = where
    with pytest.raises(OSError, match=where):
        coco.stop_blocking()
    assert life.log == [*OPENED, *CLOSED, "clean up"]
    life.fail_in = None
    life.log.clear()
    coco.start_blocking()
    assert life.log == OPENED


def test_the_body_of_a_runtime_block_may_fail(life: Life) -> None:
    with pytest.raises(KeyError, match="body"), coco.runtime():
        raise KeyError("body")
    assert life.log[-1] == "clean up"


def test_what_a_function_returns_may_be_the_generator(life: Life) -> None:
    coco.lifespan(lambda builder: life(builder))
    with coco.runtime():
        assert coco.default_env().get_context(FIRST) == "first"


def run_with(function: Any) -> None:
    coco.lifespan(function)
    try:
        coco.start_blocking()
    finally:
        coco.stop_blocking()


def test_one_that_does_not_yield_is_told_so(tmp_path: pathlib.Path) -> None:
    def nothing(builder: coco.EnvironmentBuilder) -> None: ...

    async def coroutine(builder: coco.EnvironmentBuilder) -> None: ...

    def ends(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        if builder.settings is None:
            yield

    async def ends_async(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        if builder.settings is None:
            yield

    for wrong in (nothing, coroutine, ends, ends_async):
        with pytest.raises(RuntimeError, match=f"{wrong.__name__}.*has to `yield` once"):
            run_with(wrong)


def test_one_that_yields_twice_is_told_so_at_the_stop(tmp_path: pathlib.Path) -> None:
    closed: list[str] = []

    def twice(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        yield
        try:
            yield
        finally:
            closed.append("closed")

    async def twice_async(builder: coco.EnvironmentBuilder) -> AsyncIterator[None]:
        for _ in twice(builder):
            yield

    for wrong in (twice, twice_async):
        with pytest.raises(RuntimeError, match="yielded twice"):
            run_with(wrong)
        assert closed.pop() == "closed"


def test_what_is_no_function_is_refused_at_once() -> None:
    with pytest.raises(RuntimeError, match=r"@coco\.lifespan"):
        coco.lifespan(5)  # type: ignore[call-overload]  # what is tested


@pytest.mark.parametrize("wrong", [lambda: None, lambda builder, more: None, lambda *, builder: None])
def test_what_does_not_take_a_builder_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(LifespanError, match=r"<lambda> is called with one argument, the coco\.EnvironmentBuilder"):
        coco.lifespan(wrong)
