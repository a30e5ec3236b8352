from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

from cocoindex._function.logic import logic_fingerprint

Load = Callable[..., Any]

KINDS = [
    ("async def f(x): return {}", "f"),
    ("def f(x): yield {}", "f"),
    ("async def f(x): yield {}", "f"),
    ("f = lambda x: {}", "f"),
    ("f = (1, lambda x=(lambda: 0):\n  {})[1]", "f"),
    ("g, f = lambda x: 0, lambda x: {}", "f"),
    ("f = (lambda y: lambda x: {})(1)", "f"),
    ("class A:\n  def f(self): return {}", "A.f"),
    ("class A:\n  def f(self): return {}\na = A()", "a.f"),
    ("class A:\n  @staticmethod\n  def f(): return {}", "A.f"),
    ("class A:\n  @classmethod\n  def f(cls): return {}", "A.f"),
    ("class A:\n  class B:\n    async def f(self): return {}", "A.B.f"),
    ("class A:\n  def __call__(self, x): return {}\nf = A()", "f"),
    ("def make():\n  def f(x): return {}\n  return f\nf = make()", "f"),
    ("import functools\ndef g(x, y): return {}\nf = functools.partial(g, 1)", "f"),
    ("import functools\ndef g(x, y): return x + y\nf = functools.partial(g, {})", "f"),
    ("import functools\n@functools.lru_cache\ndef f(x): return {}", "f"),
    ("import contextlib\n@contextlib.contextmanager\ndef f(x): yield {}", "f"),
    ("n = {{}}\nexec('def f(x): return {}', n)", "n.f"),
    ("n = {{}}\nexec('def f(x):\\n  \"doc\"\\n  return [z for z in ({}, x)]', n)", "n.f"),
    ("f = eval('lambda x: {}')", "f"),
]


@pytest.mark.parametrize(("source", "name"), KINDS)
def test_the_logic_of_each_kind_is_seen(load: Load, source: str, name: str) -> None:
    one, again, other = (logic_fingerprint(load(source.format(value), name)) for value in (1, 1, 2))
    assert one == again != other


def test_lambdas_on_one_line_are_told_apart(load: Load) -> None:
    found = load("f, g, h = lambda x: x + 1, lambda x: x + 2, lambda x: x + 1\n", "__dict__")
    assert logic_fingerprint(found["f"]) == logic_fingerprint(found["h"]) != logic_fingerprint(found["g"])


def test_a_docstring_does_not_count_without_source_either(load: Load) -> None:
    source = "n = {{}}\nexec('def f(x):\\n  \"{}\"\\n  return 1', n)"
    assert logic_fingerprint(load(source.format("a"), "n.f")) == logic_fingerprint(load(source.format("b"), "n.f"))


def test_the_function_behind_a_wrapper_counts(load: Load) -> None:
    source = """
        import functools
        def deco(g):
            @functools.wraps(g)
            def wrapper(*args):
                return {0}
            return wrapper
        @deco
        def f(x):
            return {1}
    """
    base = logic_fingerprint(load(source.format(1, 1)))
    assert base == logic_fingerprint(load(source.format(2, 1))) != logic_fingerprint(load(source.format(1, 2)))


def test_functions_of_c_are_their_name() -> None:
    assert logic_fingerprint(len) == logic_fingerprint(len) != logic_fingerprint(sorted)
    assert logic_fingerprint(functools.partial(int, base=2)) != logic_fingerprint(functools.partial(int, base=3))


def test_an_expression_that_is_nested_deeply_has_a_fingerprint(load: Load) -> None:
    source = "def f(x):\n    return " + " + ".join(["x"] * 900) + " + {}\n"
    assert logic_fingerprint(load(source.format(1))) != logic_fingerprint(load(source.format(2)))
