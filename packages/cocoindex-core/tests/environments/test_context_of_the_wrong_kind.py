"""What cannot be a context key, its value or what makes it, is refused where it is given, with what to write."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import ContextTypeError

KEY = coco.ContextKey[Any]("wrong_kind/value")
entered: list[str] = []


@contextlib.contextmanager
def manager() -> Iterator[str]:
    entered.append("sync")
    yield "value"


@contextlib.asynccontextmanager
async def async_manager() -> AsyncIterator[str]:
    entered.append("async")
    yield "value"


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("it has no repr")


async def make() -> str:
    return "value"


@pytest.fixture
def builder(tmp_path: Path) -> coco.EnvironmentBuilder:
    entered.clear()
    return coco.EnvironmentBuilder(coco.Settings(db_path=tmp_path / "db"))


@pytest.mark.parametrize("wrong", [None, 5, b"key", ["key"], KEY, str, Unprintable()])
def test_the_name_of_a_key(wrong: Any) -> None:
    with pytest.raises(ContextTypeError, match="the name of a ContextKey is a str, not"):
        coco.ContextKey(wrong)


@pytest.mark.parametrize("wrong", [None, 1, "yes", str])
def test_whether_a_key_is_looked_at(wrong: Any) -> None:
    with pytest.raises(ContextTypeError, match=r"detect_change= of ContextKey\('k'\) is True or False, not"):
        coco.ContextKey("k", detect_change=wrong)


@pytest.mark.parametrize("wrong", [None, 5, "wrong_kind/value", ["key"], coco.ContextKey, math.nan, Unprintable()])
def test_what_is_no_key(builder: coco.EnvironmentBuilder, wrong: Any) -> None:
    with pytest.raises(ContextTypeError, match=r"provide\(\) takes a ContextKey, not"):
        builder.provide(wrong, 1)
    with pytest.raises(ContextTypeError, match=r"provide_with\(\) takes a ContextKey, not"):
        builder.provide_with(wrong, manager())
    with pytest.raises(ContextTypeError, match=r"provide_async_with\(\) takes a ContextKey, not"):
        asyncio.run(builder.provide_async_with(wrong, async_manager()))
    assert entered == []


def test_a_value_that_was_not_awaited(builder: coco.EnvironmentBuilder) -> None:
    with pytest.raises(ContextTypeError, match=r"coroutine make\(\).*'wrong_kind/value'.*provide\(key, await"):
        builder.provide(KEY, make())


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (async_manager(), r"await provide_async_with\(\)"),
        (manager, "call what makes it"),
        (open, "call what makes it"),
        (5, r"provide\(\) takes plain values"),
        (None, r"provide\(\) takes plain values"),
    ],
)
def test_what_is_no_context_manager(builder: coco.EnvironmentBuilder, wrong: Any, advice: str) -> None:
    with pytest.raises(ContextTypeError, match=rf"provide_with\(\) takes.*'wrong_kind/value'.*{advice}"):
        builder.provide_with(KEY, wrong)
    assert entered == []


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (manager(), r"; provide_with\(\) takes those that are not asynchronous"),
        (async_manager, "call what makes it"),
        (5, r"provide\(\) takes plain values"),
    ],
)
def test_what_is_no_asynchronous_one(builder: coco.EnvironmentBuilder, wrong: Any, advice: str) -> None:
    with pytest.raises(ContextTypeError, match=rf"provide_async_with\(\) takes an asynchronous.*{advice}"):
        asyncio.run(builder.provide_async_with(KEY, wrong))
    assert entered == []


@pytest.mark.parametrize("wrong", [5, "str", [str], list[str]])
def test_the_type_that_is_asked_for(wrong: Any) -> None:
    provider = coco.ContextProvider()
    provider.provide(KEY, 1)
    with pytest.raises(ContextTypeError, match="the type that a context value is checked for is a class, not"):
        provider.get("wrong_kind/value", wrong)


@pytest.mark.parametrize("wrong", [None, 5, b"key", ["key"], coco.ContextKey])
def test_what_a_value_is_asked_by(tmp_path: Path, wrong: Any) -> None:
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "db"))
    with pytest.raises(ContextTypeError, match="a context value is asked for by its ContextKey, not by"):
        environment.get_context(wrong)
