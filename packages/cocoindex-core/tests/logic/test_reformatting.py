from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocoindex._function.logic import logic_fingerprint

Load = Callable[..., Any]

SOURCE = '''
def f(items: list[int], /, scale: float = 1.0, *rest: str, flag: bool = True, **names: int) -> dict[str, int]:
    """What it does."""
    total = 0
    for number, item in enumerate(items):
        if item > 3 and flag or not rest:
            total += item * (number + 1)
        elif item in (1, 2, 3):
            continue
        else:
            total -= {"a": 1, **names}.get("a", 0)
    with open("x") as file, open('y') as other:
        text = f"{total!r:>{scale}} and " "more" + file.read()
    try:
        value = [x for x in text if x not in "abc"]
    except (ValueError, TypeError) as error:
        raise RuntimeError("x") from error
    finally:
        del text
    match value:
        case [1, *tail] if tail: pass
        case {"a": str(b)}: return {b: 1}
    return {"total": total, "value": len(value)}
'''

REFORMATTED = """
import functools


def keep(function):
    return function


@keep
@functools.lru_cache
@keep
def f(
    items: list[int],
    /,
    scale: float = 1.0,  # a comment
    *rest: str,
    flag: bool = True,
    **names: int,
) -> dict[str, int]:
    \'\'\'Says something else
    on two lines.\'\'\'

    total = 0
    for (number, item) in enumerate(items):  # type: ignore
        # the first case
        if (item > 3 and flag) or (not rest):
            total += item * (number + 1)
        elif item in (
            1,
            2,
            3,
        ):
            continue
        else:
            total -= {\'a\': 1, **names,}.get(\'a\', 0)
    with (
        open("x") as file,
        open("y") as other,
    ):
        text = (
            f"{total!r:>{scale}} "
            "and more"
            + file.read()
        )
    try:
        value = [
            x
            for x in text
            if x not in "abc"
        ]
    except (ValueError, TypeError) as error:
        raise RuntimeError("x") from error
    finally:
        del text

    match value:
        case [1, *tail] if tail:
            pass
        case {"a": str(b)}:
            return {b: 1}
    return {
        "total": total,
        "value": len(value),
    }
"""


def test_a_formatter_changes_nothing(load: Load) -> None:
    assert logic_fingerprint(load(SOURCE)) == logic_fingerprint(load(REFORMATTED).__wrapped__)
    assert logic_fingerprint(load(SOURCE)) == logic_fingerprint(load(REFORMATTED))


def test_where_a_function_stands_changes_nothing(load: Load) -> None:
    assert logic_fingerprint(load(SOURCE)) == logic_fingerprint(
        load("\n\nimport os\n\n\nx = 1\n" + SOURCE + "\n\ny = 2\n")
    )


PAIRS = [
    ("x + 1", "(x+1)"), ("x + 1", "x + 1  # one"), ("x + 1", "x \\\n        + 1"), ("'a'", '"a"'), ("'ab'", "'a' 'b'"),
    ("(1, 2)", "1, 2"), ("[1, 2]", "[1, 2,]"), ("1000", "1_000"), ("16", "0x10"),
   
    ("x", "x; "), ("u'a'", "'a'"), ("'''a'''", "'a'"), ("print(x)", "print( x )"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_ways_to_write_the_same_are_the_same(load: Load, one: str, other: str) -> None:
    source = "def f(x):\n    return {}\n"
    assert logic_fingerprint(load(source.format(one))) == logic_fingerprint(load(source.format(other)))


expressions = st.recursive(
    st.sampled_from(["x", "1", "'a'", "None", "1.5", "b'c'", "...", "-1", "x.y", "x[0]"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "*", "and", "==", "if x else", "in"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, max_size=3).map(lambda items: f"f({', '.join(items)})"),
        inner.map(lambda part: f"(lambda y: {part})"),
        inner.map(lambda part: f"[z for z in {part}]"),
    ),
    max_leaves=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(expressions, expressions)
def test_fingerprints_are_equal_exactly_where_the_syntax_is(load: Load, one: str, other: str) -> None:
    first, second = (logic_fingerprint(load(f"def f(x):\n    return {text}\n")) for text in (one, other))
    assert (first == second) == (ast.dump(ast.parse(one)) == ast.dump(ast.parse(other)))
