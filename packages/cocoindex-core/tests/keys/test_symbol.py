from __future__ import annotations

import copy
import pickle

import pytest

from cocoindex._keys import Symbol


def test_equal_by_name_and_never_to_a_string() -> None:
    assert Symbol("a") == Symbol("a") and hash(Symbol("a")) == hash(Symbol("a"))
    assert Symbol("a") != Symbol("b")
    assert Symbol("a") != "a" and len({Symbol("a"), "a", Symbol("a")}) == 2


def test_ordered_by_name() -> None:
    assert sorted([Symbol("b"), Symbol("a"), Symbol("c")]) == [Symbol("a"), Symbol("b"), Symbol("c")]
    assert Symbol("a") <= Symbol("a") < Symbol("b")
    with pytest.raises(TypeError):
        Symbol("a") < "b"  # noqa: B015  # symbols and strings have no order


def test_text_name_and_copies() -> None:
    assert (repr(Symbol("a b")), str(Symbol("a b")), Symbol("a b").name) == ("Symbol(a b)", "Symbol(a b)", "a b")
    assert pickle.loads(pickle.dumps(Symbol("a"))) == Symbol("a") == copy.deepcopy(Symbol("a"))


def test_cannot_be_changed() -> None:
    symbol = Symbol("a")
    with pytest.raises(AttributeError, match="cannot be changed"):
        symbol.name = "b"
    with pytest.raises(AttributeError, match="cannot be changed"):
        del symbol.name
