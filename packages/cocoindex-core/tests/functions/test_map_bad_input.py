"""What `coco.map` cannot call, or iterate over, is told before the first call, or at it, with what to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import FunctionArgumentError

calls: list[Any] = []


async def double(x: int) -> int:
    calls.append(x)
    return 2 * x


def sync(x: int) -> int:
    calls.append(x)
    return x


async def fetch() -> list[int]:
    return [1]


def mapping(make_app: Any, call: Callable[[], Any]) -> Any:
    @coco.fn
    async def main() -> Any:
        return await call()

    calls.clear()
    return make_app(main).update_blocking()


@pytest.mark.parametrize("items", [[], [1]])
@pytest.mark.parametrize("wrong", [None, 5, "double", [1], coco.component_subpath("a")])
def test_what_is_no_function(make_app: Any, wrong: Any, items: list[int]) -> None:
    with pytest.raises(FunctionArgumentError, match=r"coco\.map\(fn, items\), not ") as caught:
        mapping(make_app, lambda: coco.map(wrong, items))
    assert isinstance(caught.value, TypeError)


def test_what_calling_the_function_gave(make_app: Any) -> None:
    with pytest.raises(FunctionArgumentError, match="not what calling it gave"):
        mapping(make_app, lambda: coco.map(double(1), [1]))  # type: ignore[arg-type]  # what is tested


def test_a_marked_sync_function_is_not_called(make_app: Any) -> None:
    with pytest.raises(FunctionArgumentError, match=r"sync is sync: .*@coco\.fn\.as_async"):
        mapping(make_app, lambda: coco.map(coco.fn(sync), [1, 2]))  # type: ignore[arg-type]  # what is tested
    assert calls == []


def test_a_plain_sync_function_is_called_once(make_app: Any) -> None:
    with pytest.raises(FunctionArgumentError, match="sync returned a int that cannot be awaited: make it async"):
        mapping(make_app, lambda: coco.map(sync, [1, 2]))  # type: ignore[arg-type]  # what is tested
    assert calls == [1]


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [(lambda: None, ""), (lambda: 5, ""), (lambda: fetch, "; call it first"), (fetch, "; await it first")],
)
def test_what_cannot_be_iterated_over(make_app: Any, wrong: Any, advice: str) -> None:
    with pytest.raises(FunctionArgumentError, match=rf"coco\.map\(\) takes items .* not .*{advice}\n"):
        mapping(make_app, lambda: coco.map(double, wrong()))


def test_old_sequences_can_be_iterated_over(make_app: Any) -> None:
    class Sequence:
        def __getitem__(self, index: int) -> int:
            return [1, 2][index]

    assert mapping(make_app, lambda: coco.map(double, Sequence())) == [2, 4]  # type: ignore[arg-type]  # has no __iter__
