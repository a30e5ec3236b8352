"""Options that do not fit are refused when the decorator runs, with the function and the fix."""

from __future__ import annotations

import functools
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


def plain(x: int) -> int:
    return x


async def batch(xs: list[int]) -> list[int]:
    return xs


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (3, "marks functions and methods, not 3"),
        (functools.partial(max, 2), "partial"),
        (int, "not the class int"),
        (
            classmethod(plain),  # type: ignore[arg-type]  # that it is wrong is the point
            "put @classmethod above @coco.fn",
        ),
        (staticmethod(plain), "put @staticmethod above @coco.fn"),
    ],
)
def test_what_is_no_function_is_refused(thing: Any, said: str) -> None:
    with pytest.raises(errors.FunctionDefinitionTypeError, match=said) as caught:
        coco.fn(thing)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"batching": True}, ValueError, r"plain is a sync function.*@coco.fn.as_async"),
        ({"runner": coco.GPU}, ValueError, r"plain is a sync function.*@coco.fn.as_async"),
        ({"max_batch_size": 3}, ValueError, "requires batching=True"),
        ({"batching": True, "max_batch_size": 0}, ValueError, "at least 1"),
        ({"batching": True, "max_batch_size": "3"}, TypeError, "whole number, not '3'"),
        ({"batching": True, "max_batch_size": True}, TypeError, "whole number, not True"),
        ({"runner": 3}, TypeError, "derived from coco.Runner, such as coco.GPU, not 3"),
        ({"version": "3"}, TypeError, "version is a whole number, not '3'"),
        ({"version": True}, TypeError, "version is a whole number, not True"),
        ({"memo": 1}, TypeError, "memo is True or False, not 1; .*memo_key="),
        ({"memo": None}, TypeError, "memo is True or False, not None"),
        ({"memo": plain}, TypeError, "memo is True or False, not <function plain"),
        ({"batching": 10}, TypeError, "batching is True or False, not 10; .*max_batch_size="),
        ({"batching": "yes"}, TypeError, "batching is True or False, not 'yes'"),
        ({"logic_tracking": ["full"]}, ValueError, r"'full', 'self' or None, not \['full'\]"),
        ({"logic_tracking": "none"}, ValueError, "'full', 'self' or None, not 'none'"),
        ({"logic_tracking": None, "deps": 3}, ValueError, "deps= needs logic tracking"),
        ({"deps": (i for i in "")}, TypeError, "generator"),
        ({"memo_key": ["x"]}, TypeError, "memo_key is a dict by parameter name, not list"),
        (
            {"memo_key": {"y": None}},
            ValueError,
            "plain names 'y', which is not a parameter of it; its parameters are: x",
        ),
        ({"memo_key": {"x": 3}}, TypeError, r"memo_key\['x'\] of plain is a int"),
        ({"memo_key": {"x": batch}}, TypeError, r"memo_key\['x'\] of plain is async"),
        ({"memo_key": {"x": lambda: 1}}, TypeError, r"memo_key\['x'\] of plain is called with one argument"),
        (
            {"memo_key": {"x": lambda x, y: 1}},
            TypeError,
            "does not match its signature: missing a required argument: 'y'",
        ),
        ({"memo_key": {1: None}}, ValueError, "plain names 1, which is not a parameter of it"),
    ],
)
def test_options_are_checked(options: dict[str, Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(errors.CocoIndexError, match=said) as caught:
        coco.fn(**options)(plain)
    assert isinstance(caught.value, kind)


@pytest.mark.parametrize(
    "source", ["lambda: []", "lambda *, items: []", "lambda *items: []", "lambda items=(): []"], ids=str
)
def test_a_batched_function_takes_a_list_first(source: str) -> None:
    with pytest.raises(errors.FunctionDefinitionError, match=r"its first parameter .* is the list of items"):
        coco.fn.as_async(batching=True)(eval(source))


def test_a_batched_function_may_have_defaults() -> None:
    @coco.fn(batching=True)
    async def embed(texts: list[str], model: str = "small") -> list[str]:
        return [model + text for text in texts]

    assert embed.name == "embed"
