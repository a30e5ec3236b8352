"""`memo_key=`: by parameter, what stands for the argument in the memo key of this one function."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


def calls(make_app: Any, *given: tuple[Any, tuple[Any, ...], dict[str, Any]]) -> None:
    async def main() -> None:
        for function, args, kwargs in given:
            function(*args, **kwargs)

    make_app(main).update_blocking()


def test_a_callable_is_applied_and_none_excludes_and_the_rest_is_fingerprinted(make_app: Any) -> None:
    runs: list[Any] = []

    @coco.fn(memo=True, memo_key={"entry": lambda e: e["name"], "extra": None})
    def transform(entry: dict[str, Any], extra: str, other: int) -> None:
        runs.append((entry["name"], extra, other))

    calls(
        make_app,
        (transform, ({"name": "a", "x": 1}, "e1", 1), {}),
        (transform, ({"name": "a", "x": 2}, "e2", 1), {}),
        (transform, ({"name": "b", "x": 1}, "e1", 1), {}),
        (transform, ({"name": "a", "x": 1},), {"extra": "e1", "other": 2}),
    )
    assert runs == [("a", "e1", 1), ("b", "e1", 1), ("a", "e1", 2)]


def test_an_excluded_argument_need_not_be_a_possible_key(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True, memo_key={"log": None})
    def work(x: int, log: Any) -> None:
        runs.append(x)

    calls(make_app, (work, (1, iter("")), {}), (work, (1, object()), {}))
    assert runs == [1]


def test_self_is_memoized_on_selected_state(make_app: Any) -> None:
    runs: list[Any] = []

    class Model:
        def __init__(self, prefix: str, count: int) -> None:
            self.prefix, self.count = prefix, count

        @coco.fn(memo=True, memo_key={"self": lambda self: self.prefix})
        def run(self, text: str) -> None:
            runs.append((self.prefix, self.count))

    calls(make_app, *[(Model(prefix, n).run, ("t",), {}) for n, prefix in enumerate("aab")])
    assert runs == [("a", 0), ("b", 2)]


def test_varargs_get_a_tuple_and_varkw_a_dict(make_app: Any) -> None:
    runs: list[Any] = []

    @coco.fn(memo=True, memo_key={"args": lambda args: args[:1], "kwargs": lambda kwargs: {"z": kwargs.get("z")}})
    def work(*args: int, **kwargs: int) -> None:
        runs.append((args, kwargs))

    calls(
        make_app,
        (work, (1, 2), {"z": 1, "y": 2}),
        (work, (1, 3), {"z": 1, "y": 3}),
        (work, (2,), {"z": 1}),
        (work, (1,), {"z": 2}),
    )
    assert runs == [((1, 2), {"z": 1, "y": 2}), ((2,), {"z": 1}), ((1,), {"z": 2})]


def test_none_excludes_all_variadic_arguments(make_app: Any) -> None:
    runs: list[Any] = []

    @coco.fn(memo=True, memo_key={"args": None, "kwargs": None})
    def work(*args: int, **kwargs: int) -> None:
        runs.append(args)

    calls(make_app, (work, (1, 2), {"z": 1}), (work, (), {}))
    assert runs == [(1, 2)]


@pytest.mark.parametrize(
    ("memo_key", "said"),
    [
        ({"args": lambda args: 3}, r"memo_key\['args'\] of .*work returned a int; for \*args it has to return a tuple"),
        ({"kwargs": lambda kwargs: ()}, r"for \*\*kwargs it has to return a dict"),
    ],
)
def test_variadic_overrides_have_to_return_what_they_get(make_app: Any, memo_key: Any, said: str) -> None:
    @coco.fn(memo=True, memo_key=memo_key)
    def work(*args: int, **kwargs: int) -> None: ...

    with pytest.raises(errors.FunctionArgumentError, match=said) as caught:
        calls(make_app, (work, (1,), {}))
    assert isinstance(caught.value, TypeError)


def test_a_batched_function_overrides_for_single_items(make_app: Any) -> None:
    batches: list[list[int]] = []

    @coco.fn.as_async(batching=True, memo=True, memo_key={"xs": lambda x: x % 2})
    def parity(xs: list[int]) -> list[int]:
        batches.append(xs)
        return [x % 2 for x in xs]

    async def main() -> list[int]:
        return [await parity(x) for x in range(4)]

    assert make_app(main).update_blocking() == [0, 1, 0, 1]
    assert batches == [[0], [1]]


def test_an_override_that_raises_is_the_error_of_the_call(make_app: Any) -> None:
    @coco.fn(memo=True, memo_key={"x": lambda x: 1 / x})
    def work(x: int) -> None: ...

    with pytest.raises(ZeroDivisionError):
        calls(make_app, (work, (0,), {}))
