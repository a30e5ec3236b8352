from __future__ import annotations

import dataclasses
import os
import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocoindex._values import canonical_bytes

PROGRAM = """
import datetime, decimal, enum, pathlib, uuid
from typing import NamedTuple
from dataclasses import dataclass
from cocoindex._keys import Symbol
from cocoindex._values import canonical_bytes

@dataclass
class Point:
    x: object
    y: object = None

class Plain:
    def __init__(self, **names): self.__dict__ = names

class Color(enum.Enum):
    RED = "red"

def shift(by): return lambda x: x + by if x in {"a", "b", "c", "d"} else 0

words = [f"word {i}" for i in range(40)]
parts = [
    set(words), frozenset(words), {word: {word} for word in words}, {(word, 1): word for word in words},
    Point(set(words), frozenset(words)), Plain(**{f"n{i}": {w} for i, w in enumerate(words)}), Color.RED, Symbol("s"),
    uuid.UUID(int=7), decimal.Decimal("1.50"), pathlib.PurePosixPath("a/b"), datetime.datetime(2024, 1, 1), shift(3),
    {Point, Plain, int}, 2**90, "\\ud800", [len, str.upper, Point, Plain],
]
print(canonical_bytes(parts).hex())
"""


def test_encodings_are_the_same_in_every_process() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


@given(st.data())
def test_equal_parts_may_be_one_object_or_several(values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    copy = pickle.loads(pickle.dumps(value))
    assert canonical_bytes([value, value]) == canonical_bytes([value, copy]) == canonical_bytes([copy, value])


@given(st.lists(st.tuples(st.text(), st.integers()), unique_by=lambda item: item[0]), st.randoms())
def test_the_order_of_dicts_and_sets_does_not_count(items: list[tuple[str, int]], random: Any) -> None:
    shuffled = random.sample(items, len(items))
    assert canonical_bytes(dict(items)) == canonical_bytes(dict(shuffled))
    assert canonical_bytes({k: (v,) for k, v in items}) == canonical_bytes({k: (v,) for k, v in shuffled})
    assert canonical_bytes({(k,): v for k, v in items}) == canonical_bytes({(k,): v for k, v in shuffled})
    assert canonical_bytes(set(items)) == canonical_bytes(set(shuffled))


@dataclasses.dataclass
class Node:
    name: str
    parent: Node | None = None
    children: list[Node] = dataclasses.field(default_factory=list)


def tree(*names: str) -> Node:
    root = Node("root")
    root.children = [Node(name, root) for name in names]
    return root


def test_values_that_contain_themselves_are_encoded() -> None:
    assert canonical_bytes(tree("a", "b")) == canonical_bytes(tree("a", "b"))
    assert canonical_bytes(tree("a", "b")) != canonical_bytes(tree("a", "c"))
    loop: list[Any] = []
    loop += [loop, loop]
    longer: list[Any] = []
    longer += [longer, [longer, longer]]
    assert canonical_bytes(loop) != canonical_bytes(longer)


@pytest.mark.parametrize("depth", [50, 200])
def test_deep_values_are_encoded(depth: int) -> None:
    one, other = 0, 1
    for _ in range(depth):
        one, other = (one, ()), (other, ())  # type: ignore[assignment]
    assert canonical_bytes(one) != canonical_bytes(other)
