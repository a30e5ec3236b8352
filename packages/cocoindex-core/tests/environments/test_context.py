"""Values by key: provided by the lifespan, read in components and outside, change-detected where that is asked for."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

import cocoindex as coco

PLAIN = coco.ContextKey[str]("test/plain")
WATCHED = coco.ContextKey[str]("test/watched", detect_change=True)


def test_detection_is_off_unless_it_is_asked_for() -> None:
    assert (PLAIN.detect_change, WATCHED.detect_change) == (False, True)


@pytest.mark.parametrize("key", [PLAIN, WATCHED])
def test_a_changed_value_runs_memoized_readers_again_where_it_is_detected(
    tmp_path: pathlib.Path, key: coco.ContextKey[str]
) -> None:
    ran: list[str] = []

    async def bar() -> str:  # not marked: the reading counts all the same
        return coco.use_context(key)

    @coco.fn(memo=True)
    async def foo() -> str:
        value = await bar()
        ran.append(value)
        return value

    @coco.fn
    async def main() -> str:
        return str(await coco.use_mount(foo))

    def update(value: str) -> str:
        provider = coco.ContextProvider()
        provider.provide(key, value)
        env = coco.Environment(coco.Settings(db_path=tmp_path / "db"), context_provider=provider)
        result = coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
        env.close()
        return result

    results = [update("a"), update("a"), update("b")]
    if key.detect_change:
        assert (results, ran) == (["a", "a", "b"], ["a", "b"])
    else:
        assert (results, ran) == (["a", "a", "a"], ["a"])


def test_the_key_and_not_the_value_is_the_identity() -> None:
    assert coco.memo_fingerprint(PLAIN) == coco.memo_fingerprint(coco.ContextKey[str]("test/plain"))
    assert coco.memo_fingerprint(PLAIN) != coco.memo_fingerprint(WATCHED)


def test_values_are_read_outside_components_in_sync_and_async_code(tmp_path: pathlib.Path) -> None:
    @coco.lifespan
    def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
        builder.settings.db_path = tmp_path / "db"
        assert builder.provide(PLAIN, "value") == "value"
        yield

    async def read() -> str:
        env: coco.Environment = await coco.default_env()
        return env.get_context(PLAIN)

    try:
        assert coco.default_env().get_context(PLAIN) == "value"
        assert asyncio.run(read()) == "value"
    finally:
        coco.stop_blocking()


def test_a_key_without_a_value_is_a_key_error_that_says_what_there_is(make_app: Any, env: coco.Environment) -> None:
    env.context_provider.provide(WATCHED, "x")

    @coco.fn
    async def main() -> None:
        coco.use_context(PLAIN)

    with pytest.raises(KeyError, match=r"'test/plain'.*builder\.provide\(\).*'test/watched'"):
        make_app(main).update_blocking()
    with pytest.raises(KeyError, match="'test/plain'"):
        env.get_context(PLAIN)


def test_values_are_used_in_components_only() -> None:
    with pytest.raises(RuntimeError, match=r"coco\.use_context\(\) was called outside a component"):
        coco.use_context(PLAIN)


@pytest.mark.parametrize("wrong", [5, None, object()])
def test_what_is_no_key_is_refused(make_app: Any, env: coco.Environment, wrong: Any) -> None:
    with pytest.raises(TypeError, match="ContextKey"):
        env.get_context(wrong)
    with pytest.raises(TypeError, match="ContextKey"):
        env.context_provider.provide(wrong, 1)
    with pytest.raises(TypeError, match="ContextKey"):
        coco.ContextKey(wrong)

    @coco.fn
    async def main() -> None:
        coco.use_context(wrong)

    with pytest.raises(TypeError, match="ContextKey"):
        make_app(main).update_blocking()
