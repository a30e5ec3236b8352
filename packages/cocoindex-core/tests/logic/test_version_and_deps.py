from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from cocoindex._function.logic import LogicFingerprint, logic_fingerprint
from cocoindex.errors import MemoKeyError

Load = Callable[..., Any]


def f(x: int) -> int:
    return x


def test_a_version_stands_for_the_source(load: Load) -> None:
    one, other = load("def f(x): return 1"), load("def f(x): return 2")
    assert logic_fingerprint(one, version=1) == logic_fingerprint(other, version=1)
    assert logic_fingerprint(one, version=1) != logic_fingerprint(one, version=2)
    assert len({logic_fingerprint(one, version=version) for version in (None, 0, 1)}) == 3


def test_deps_are_part_of_the_logic() -> None:
    different: list[object] = [None, 0, False, "", "a", ("a",), ["a"], {"a": 1}, {"a": 2}, f]
    assert len({logic_fingerprint(f, deps=deps) for deps in different}) == len(different)
    assert len({logic_fingerprint(f, version=1, deps=deps) for deps in different}) == len(different)
    assert logic_fingerprint(f, deps={"a": 1, "b": 2}) == logic_fingerprint(f, deps={"b": 2, "a": 1})


def test_deps_are_taken_when_the_function_is_decorated() -> None:
    deps = ["a"]
    before = LogicFingerprint(f, deps=deps)
    deps.append("b")
    assert before.digest == logic_fingerprint(f, deps=["a"]) != logic_fingerprint(f, deps=deps)


def test_deps_without_content_are_refused_at_once() -> None:
    with pytest.raises(MemoKeyError, match="lock"):
        LogicFingerprint(f, deps={"lock": threading.Lock()})


def test_a_fingerprint_has_16_bytes() -> None:
    assert len(logic_fingerprint(f)) == 16
