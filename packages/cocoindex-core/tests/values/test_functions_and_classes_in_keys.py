"""A function or class that does not go by its name is told apart in memo keys by what it was made with."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from types import MethodType
from typing import Any

from cocoindex._values import canonical_bytes


def times(n: Any) -> Callable[[Any], Any]:
    def work(x: Any) -> Any:
        return x * n

    return work


def default(n: Any) -> Callable[..., Any]:
    def work(x: Any, by: Any = n) -> Any:
        return x * by

    return work


def keyword(n: Any) -> Callable[..., Any]:
    def work(x: Any, *, by: Any = n) -> Any:
        return x * by

    return work


def named_as(name: str, n: Any) -> Callable[[Any], Any]:
    """A function that bears the name of another one, as decorators make them."""
    return functools.wraps(globals()[name])(times(n))


def made_class(n: Any) -> type:
    class Made:
        factor = n

        def work(self, x: Any) -> Any:
            return x * n

    return Made


def made_record(n: Any) -> Any:
    @dataclasses.dataclass(frozen=True)
    class Record:
        x: int

        def work(self) -> Any:
            return self.x * n

    return Record(1)


class Holder:
    def __init__(self, x: Any) -> None:
        self.x = x

    def get(self) -> Any:
        return self.x

    def put(self) -> Any:
        return self.x

    @classmethod
    def make(cls) -> Holder:
        return cls(1)

    @staticmethod
    def plain() -> None:
        pass


class Derived(Holder):
    pass


def bound(n: Any) -> Any:
    return MethodType(times(n), Holder(1))


looped: list[Any] = []
for number in (1, 2):

    def in_a_loop(x: int, n: int = number) -> int:
        return x * n

    looped.append(in_a_loop)
compiled = [eval(f"lambda: {constant}") for constant in ("0", "0.0", "-0.0", "False", "1j", "'a'", "b'a'", "...")]

MAKERS: list[Callable[[Any], Any]] = [
    times, default, keyword, made_class, bound,
    lambda n: lambda x: x * n,
    lambda n: lambda x, by=n: x * by,
    lambda n: named_as("times", n),
    lambda n: functools.partial(times(n), 1),
    lambda n: functools.partial(times, n),
    lambda n: functools.partial(times, n=n),
    lambda n: functools.lru_cache(times(n)),
    lambda n: times(times(n)),
    lambda n: times(Holder(n)),
    lambda n: made_class(n)(),
    made_record,
    lambda n: [].append if n == 1 else [n].append,
    lambda n: Holder(n).get,
]  # fmt: skip


def test_what_was_made_with_other_values_has_another_key() -> None:
    values = [1, 2, "a", (1,), (1, 2), [1], {"a": 1}]
    keys = {canonical_bytes(make(value)) for make, value in itertools.product(MAKERS, values)}
    assert len(keys) == len(MAKERS) * len(values)


def test_what_was_made_with_equal_values_has_the_same_key() -> None:
    for make, value in itertools.product(MAKERS, [1, "a", (1, 2)]):
        assert canonical_bytes(make(value)) == canonical_bytes(make(value))


def test_functions_of_one_name_in_a_module() -> None:
    one, other = map(canonical_bytes, looped)
    assert one != other


def test_constants_are_told_apart() -> None:
    assert len({canonical_bytes(function) for function in compiled}) == len(compiled)


def test_methods() -> None:
    holder = Holder(1)
    methods = [
        holder.get,
        holder.put,
        Holder(2).get,
        Derived(1).get,
        Holder.make,
        Derived.make,
        Holder.plain,
        Holder.get,
    ]
    assert len(set(map(canonical_bytes, methods))) == len(methods)
    assert canonical_bytes(holder.get) == canonical_bytes(Holder(1).get)


def recursive(n: int) -> Callable[[int], int]:
    def work(x: int) -> int:
        return work(x - 1) * n if x else 1

    return work


def test_a_function_that_captured_itself() -> None:
    assert canonical_bytes(recursive(1)) == canonical_bytes(recursive(1)) != canonical_bytes(recursive(2))


def test_keys_are_the_same_in_every_process() -> None:
    program = (
        "import sys; sys.path[0:0] = sys.argv[1:]\n"
        "import test_functions_and_classes_in_keys as t\n"
        "from cocoindex._values import canonical_bytes\n"
        "values = [1, 'a', (1,), frozenset('abcdef')]\n"
        "print(canonical_bytes([make(v) for make in t.MAKERS for v in values if make is not t.MAKERS[-2]]).hex())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, os.path.dirname(__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
