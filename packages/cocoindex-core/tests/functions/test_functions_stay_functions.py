"""What `@coco.fn` marks is called as before: its kind, its signature and its place in a class stay."""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


@coco.fn
def double(x: int, *, extra: int = 0) -> int:
    """Twice."""
    return 2 * x + extra


@coco.fn
async def double_async(x: int) -> int:
    return 2 * x


class Owner:
    def __init__(self, factor: int) -> None:
        self.factor = factor

    @coco.fn
    def method(self, x: int) -> int:
        return self.factor * x

    @coco.fn
    async def async_method(self, x: int) -> int:
        return self.factor * x

    @classmethod
    @coco.fn
    def class_method(cls, x: int) -> tuple[str, int]:
        return cls.__name__, x

    @staticmethod
    @coco.fn
    def static_method(x: int) -> int:
        return x


def test_signature_name_and_doc_stay() -> None:
    assert str(inspect.signature(double)) == "(x: 'int', *, extra: 'int' = 0) -> 'int'"
    assert (double.__name__, double.__doc__, double.__module__) == ("double", "Twice.", __name__)


def test_a_sync_function_stays_sync_and_an_async_one_async() -> None:
    assert double(2, extra=1) == 5
    assert asyncio.run(double_async(2)) == 4
    assert not inspect.iscoroutinefunction(double) and inspect.iscoroutinefunction(double_async)


def test_methods_know_their_instance() -> None:
    owner = Owner(3)
    assert owner.method(2) == Owner.method(owner, 2) == 6
    assert asyncio.run(owner.async_method(2)) == 6
    assert asyncio.run(owner.method.as_async(2)) == 6
    assert list(inspect.signature(owner.method).parameters) == ["x"]
    assert inspect.iscoroutinefunction(owner.async_method)


def test_class_methods_and_static_methods_are_called_on_class_and_instance() -> None:
    assert Owner.class_method(1) == Owner(0).class_method(1) == ("Owner", 1)
    assert Owner.static_method(1) == Owner(0).static_method(1) == 1
    if sys.version_info < (3, 13):  # later ones bind class methods themselves
        assert asyncio.run(Owner.class_method.as_async(1)) == ("Owner", 1)
    else:
        assert asyncio.run(Owner.class_method.__func__.as_async(Owner, 1)) == ("Owner", 1)


def test_lambdas_and_closures_are_functions() -> None:
    triple = coco.fn(lambda x: 3 * x)

    def make(factor: int) -> Any:
        @coco.fn
        def times(x: int) -> int:
            return factor * x

        return times

    assert (triple(2), make(4)(2), make(5)(2)) == (6, 8, 10)


def test_a_marked_function_may_be_marked_again_with_other_options() -> None:
    again = coco.fn.as_async(version=2)(double)
    assert asyncio.run(again(2, extra=1)) == 5
    assert again.__name__ == "double"


def test_generators_are_marked_where_nothing_has_to_wait_for_their_items() -> None:
    @coco.fn
    def count(n: int) -> Iterator[int]:
        yield from range(n)

    @coco.fn
    async def count_async(n: int) -> AsyncIterator[int]:
        for number in range(n):
            yield number

    async def items() -> list[int]:
        return [number async for number in count_async(3)]

    assert list(count(3)) == asyncio.run(items()) == [0, 1, 2]


@pytest.mark.parametrize("options", [{"memo": True}, {"version": 1, "memo": True}])
def test_a_memoized_generator_is_refused(options: dict[str, Any]) -> None:
    def generate() -> Iterator[int]:
        yield 1

    with pytest.raises(errors.FunctionDefinitionTypeError, match=r"generate is a generator.*return a list"):
        coco.fn(**options)(generate)
    with pytest.raises(errors.FunctionDefinitionTypeError, match="generate is a generator"):
        coco.fn.as_async(generate)


def test_they_are_pickled_and_copied_as_functions_are() -> None:
    copied = copy.deepcopy(double)
    assert copied is copy.copy(double) is double
    owner = Owner(3)
    bound = copy.deepcopy(owner.method)
    assert bound(2) == 6 and bound.__self__ is not owner


def test_errors_survive_pickling() -> None:
    for error in (
        errors.NoComponentError("coco.use_state()"),
        errors.GPUProcessError("it died", -9),
        errors.AppLockedError("a", 1, "host", "now", "path"),
        errors.StoreOpenError(2, "gone", "file"),
        coco.RetryWithSmallerBatch("why"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.args, vars(again)) == (type(error), str(error), error.args, vars(error))
