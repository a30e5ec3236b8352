from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cocoindex._function.logic import logic_fingerprint

Load = Callable[..., Any]

BASE = "def f(x: int = 0) -> int:\n    y = x + 1\n    return y\n"

CHANGES = [
    ("x + 1", "x + 2"), ("x + 1", "x - 1"), ("x + 1", "x + 1.0"), ("x + 1", "x + True"), ("x + 1", "1 + x"),
    ("x + 1", "x"),
    ("x: int", "x: float"), ("x: int = 0", "x = 0"), ("= 0", "= 1"), ("= 0", ""), ("-> int", "-> float"),
    ("-> int", ""),
    ("x: int = 0", "*, x: int = 0"), ("x: int = 0", "x: int = 0, /"), ("x: int = 0", "x: int = 0, *a"),
    ("def f", "async def f"),
    ("return y", "yield y"), ("return y", "return x"), ("    return y", "    y\n    return y"), ("y", "z"),
    ("x + 1", "x + 1 if x else None"), ("return y", "return (lambda: y)"), ("return y", "assert y\n    return y"),
    ("x + 1", "'x + 1'"), ("x + 1", "b'x'"), ("return y", "def g(): return 1\n    return y"), ("return y", "pass"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_a_change_of_code_is_seen(load: Load, old: str, new: str) -> None:
    assert old in BASE
    assert logic_fingerprint(load(BASE)) != logic_fingerprint(load(BASE.replace(old, new)))


def test_a_name_is_part_of_it(load: Load) -> None:
    assert logic_fingerprint(load(BASE)) != logic_fingerprint(load(BASE.replace("def f", "def g"), "g"))


def test_globals_are_no_part_of_it(load: Load) -> None:
    source = "K = {0}\ndef f(x):\n    return x + K\n"
    assert logic_fingerprint(load(source.format(1))) == logic_fingerprint(load(source.format(2)))


@pytest.mark.parametrize(
    "source",
    [
        "def make(by):\n    def f(x):\n        return x + by\n    return f\nf = make({0})\n",
        "K = {0}\ndef f(x, k=K):\n    return x + k\n",
        "K = [{0}]\ndef f(x, *, k=K):\n    return x + k[0]\n",
    ],
)
def test_captured_values_and_defaults_are_part_of_it(load: Load, source: str) -> None:
    assert logic_fingerprint(load(source.format(1))) == logic_fingerprint(load(source.format(1)))
    assert logic_fingerprint(load(source.format(1))) != logic_fingerprint(load(source.format(2)))


def test_functions_of_one_name_are_told_apart(load: Load) -> None:
    source = "def f(): return 1\nfirst = f\n\nclass A:\n    def f(self): return 2\n\ndef f(): return 3\n"
    found = load(source, "__dict__")
    assert logic_fingerprint(found["f"]) == logic_fingerprint(load("def f(): return 3\n"))
    assert logic_fingerprint(found["first"]) == logic_fingerprint(load("def f(): return 1\n"))
    assert logic_fingerprint(found["A"].f) == logic_fingerprint(load("class A:\n  def f(self):\n    return 2\n", "A.f"))


BLOCKS = """
if True:
    try:
        raise ValueError
    except ValueError:
        with open(__file__):
            for _ in (1,):
                while True:
                    match 1:
                        case 1:
                            def f(x):
                                return {}
                            break
else:
    def f(x):
        return 0
"""


def test_a_function_inside_blocks_is_found(load: Load) -> None:
    one, other = logic_fingerprint(load(BLOCKS.format(1))), logic_fingerprint(load(BLOCKS.format(2)))
    assert one != other
    assert one == logic_fingerprint(load("def f(x): return 1"))
