"""A match is made of whole nodes that follow each other under one parent: never of a part of an expression."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import match_code


def texts(pattern: str, source: str) -> list[str]:
    return [match.chunks[0].text for match in match_code(pattern, source, "python")]


@pytest.mark.parametrize(
    ("pattern", "source"),
    [
        (r"open(\X)", "os.open(a)"),
        (r"\X == \X", "self.dest == dest"),
        (r"\X == \X", "dest == dest.a"),
        (r"return self.\A", "def f():\n  return self.raw.closed"),
        (r"raw.closed", "x = self.raw.closed"),
        (r"b + c", "x = a + b + c"),
        (r"a + b", "x = a + b * c"),
        (r"x = a", "x = a + b"),
        (r"x = 1", "a.x = 1"),
        (r"y = \Z", "x, y = 1, 2"),
        (r"return a", "def f():\n return a, b\n"),
        (r"import a", "import a.b"),
        (r"if \X: b", "if a:\n  b\n  c\n"),
        (r"for \X in b", "for a in b.c:\n  c\n"),
        (r"await g()", "async def f():\n  return await g().h()\n"),
        (r"g(2)", "x = f(1).g(2)"),
        (r"foo(\X", "foo(a, b)"),
        (r"def \NAME(", "def f(a): pass"),
        (r"@a", "@a.b\ndef f(): pass"),
        (r"def \F(): \{{ open(\X) \}}", "def f():\n  os.open(a)\n"),
    ],
)
def test_a_part_of_a_node_is_none(pattern: str, source: str) -> None:
    assert texts(pattern, source) == []


@pytest.mark.parametrize(
    ("pattern", "source", "found"),
    [
        (r"class \NAME", "class A(B): pass", "class A"),
        (r"def \NAME", "def f(a): pass", "def f"),
        (r"def \NAME(\(A*\))", "def f(a): pass", "def f(a)"),
        (r"if \X:", "if a:\n  b\n", "if a:"),
        (r"else: \X", "if a:\n  b\nelse:\n  c\n", "else:\n  c"),
        (r"a, b", "foo(a, b, c)", "a, b"),
        (r"b, c", "foo(a, b, c)", "b, c"),
        (r"b c", "if a:\n  b\n  c\n", "b\n  c"),
        (r"a + b", "x = a + b + c", "a + b"),
        (r"= a + b", "x = a + b", "= a + b"),
        (r"import b", "from a import b, c", "import b"),
        (r"self.raw", "x = self.raw.closed", "self.raw"),
        (r"print(1) print(2)", "print(1)\nprint(2)\nprint(3)\n", "print(1)\nprint(2)"),
        (r"def \F(): \{{ open(\X) \}}", "def f():\n  open(a)\n", "def f():\n  open(a)"),
    ],
)
def test_any_nodes_of_one_parent_are_one(pattern: str, source: str, found: str) -> None:
    assert texts(pattern, source) == [found]


def test_lines_may_be_joined_by_backslashes() -> None:
    source = "from a import \\\n  b, c\nassert not isinstance(e, str), \\\n  'E'\n"
    assert texts(r"isinstance(\X, str)", source) == ["isinstance(e, str)"]
    [match] = match_code(r"from a import \(NAMES+\)", source, "python")
    assert match.captures["NAMES"][0].text == "b, c"
