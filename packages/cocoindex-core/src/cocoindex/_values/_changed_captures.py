"""Finds captured variables that a function changes in place: such a value is state, and not part of its identity.

A function that is defined anew in each call has the same code each time, which is read once. Layer `_values`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Final

from ._encode_functions import cell_content

if TYPE_CHECKING:
    from dis import Instruction

_LOADS: Final = frozenset({"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"})
_REBINDS: Final = frozenset({"STORE_DEREF", "DELETE_DEREF"})
_STORES: Final = frozenset({"STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE", "STORE_ATTR", "DELETE_ATTR"})
_KEYED: Final = ("_SUBSCR", "_SLICE")  # the key is directly before them
_METHODS: Final = frozenset({"LOAD_METHOD", "LOAD_ATTR"})
_MARKS_METHODS: Final = sys.version_info >= (3, 12)  # by the lowest bit of the argument of LOAD_ATTR
_CHANGING: Final = frozenset(
    {"add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert"}
    | {"intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate", "setdefault"}
    | {"sort", "subtract", "symmetric_difference_update", "update"}
)


@lru_cache(1024)
def rebound_names(code: CodeType) -> frozenset[str]:
    """Return the captured variables that the code itself assigns."""
    return frozenset(str(step.argval) for steps in _steps(code) for step in steps if step.opname in _REBINDS)


def changed_values(fn: FunctionType) -> set[int]:
    """Return the `id` of each captured value that `fn`, or a function that it captured, changes in place.

    That is: it assigns to an item or attribute at any depth (`seen["a"][0] = 1`), calls a mutating method of a
    container (`seen["a"].append(1)`), or calls any method of a captured object that is not a container.
    """
    found: set[int] = set()
    seen: set[int] = set()
    waiting = [fn]
    while waiting:
        fn = waiting.pop()
        if id(fn) in seen or not fn.__closure__:
            continue
        seen.add(id(fn))
        changed, called = _changed_names(fn.__code__)
        for name, cell in zip(fn.__code__.co_freevars, fn.__closure__, strict=False):
            value = cell_content(cell)
            inner = getattr(value, "__wrapped__", value)
            if isinstance(inner, FunctionType):
                waiting.append(inner)
            elif name in changed or (name in called and not hasattr(type(value), "__contains__")):
                found.update(_with_items(value))
    return found


def _with_items(value: object) -> Iterator[int]:
    """The `id` of a value and of what a tuple holds, which is what is changed where it is one."""
    yield id(value)
    if isinstance(value, tuple):
        for item in value:
            yield from _with_items(item)


@lru_cache(1024)
def _changed_names(code: CodeType) -> tuple[frozenset[str], frozenset[str]]:
    """Return the captured variables that are changed, and those of which a method is called."""
    changed: set[str] = set()
    called: set[str] = set()
    for steps in _steps(code):
        bases = {_start(step): str(step.argval) for step in steps if step.opname in _LOADS}
        for before, step in pairwise(steps):
            direct = str(before.argval) if before.opname in _LOADS and not step.opname.endswith(_KEYED) else ""
            if step.opname in _STORES or (step.opname in _METHODS and step.argval in _CHANGING):
                changed.add(bases.get(_start(step), direct))
            elif direct and _is_method(step):
                called.add(direct)
    return frozenset(changed), frozenset(called)


def _is_method(step: Instruction) -> bool:
    return step.opname == "LOAD_METHOD" or (_MARKS_METHODS and step.opname == "LOAD_ATTR" and bool((step.arg or 0) & 1))


def _steps(code: CodeType) -> Iterator[list[Instruction]]:
    """Yield the instructions of the code and of nested code."""
    from dis import get_instructions

    waiting = [code]
    while waiting:
        code = waiting.pop()
        yield [*get_instructions(code)]
        waiting += [const for const in code.co_consts if isinstance(const, CodeType)]


def _start(step: Instruction) -> object:
    """Line and column where the expression begins; something that is like nothing else where these are not kept."""
    where = step.positions
    return object() if where is None or where.col_offset is None else (where.lineno, where.col_offset)
