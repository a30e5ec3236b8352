"""What cannot be called with an exception and its context is refused where it is given, not at a failure."""

from __future__ import annotations

import asyncio
import pathlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco


def two(exc: BaseException, context: coco.ExceptionContext) -> None: ...


class Handler:
    def __call__(self, exc: BaseException, context: coco.ExceptionContext, extra: int = 0) -> None: ...


def generator(exc: BaseException, context: coco.ExceptionContext) -> Iterator[None]:
    yield


async def async_generator(exc: BaseException, context: coco.ExceptionContext) -> AsyncIterator[None]:
    yield


WRONG: list[Any] = [
    "text",
    5,
    ValueError,
    lambda exc: None,
    lambda: None,
    lambda exc, context, more: None,
]


@pytest.mark.parametrize("wrong", WRONG)
def test_in_a_block(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"coco\.exception_handler\(\).*ExceptionContext"):
        coco.exception_handler(wrong)


@pytest.mark.parametrize("wrong", [generator, async_generator])
def test_one_of_which_nothing_would_run(wrong: Any) -> None:
    with pytest.raises(TypeError, match=rf"coco\.exception_handler\(\).*cannot take the generator {wrong.__name__}"):
        coco.exception_handler(wrong)


def test_none_in_a_block() -> None:
    with pytest.raises(TypeError, match=r"coco\.exception_handler\(\)"):
        coco.exception_handler(None)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("wrong", WRONG)
def test_in_the_lifespan_and_in_an_environment(wrong: Any, tmp_path: pathlib.Path) -> None:
    settings = coco.Settings(db_path=tmp_path / "db")
    with pytest.raises(TypeError, match=r"set_exception_handler\(\).*ExceptionContext"):
        coco.EnvironmentBuilder(settings).set_exception_handler(wrong)
    with pytest.raises(TypeError, match=r"exception_handler=.*ExceptionContext"):
        coco.Environment(settings, exception_handler=wrong)


@pytest.mark.parametrize("right", [two, Handler(), lambda *args: None, lambda exc, context, more=1: None])
def test_all_that_can_be_called_with_two_will_do(right: Any, tmp_path: pathlib.Path) -> None:
    coco.exception_handler(right)
    coco.Environment(coco.Settings(db_path=tmp_path / "db"), exception_handler=right)


def test_a_block_needs_a_component() -> None:
    async def outside() -> None:
        async with coco.exception_handler(two):
            pass

    with pytest.raises(RuntimeError, match=r"coco\.exception_handler\(\) was called outside a component"):
        asyncio.run(outside())
