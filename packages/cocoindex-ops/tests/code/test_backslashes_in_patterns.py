"""A backslash in a literal of a pattern is part of the literal, and one at the end of a line joins lines."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodePattern
from cocoindex.ops.code.errors import CodePatternError

AROUND = {
    "go": "package a\nfunc b() {{\n {} \n}}\n",
    "rust": "fn a() {{ {}; }}",
    "csharp": "class A {{ void b() {{ {}; }} }}",
    "pascal": "begin {}; end.",
    "solidity": "contract A {{ function b() public {{ {}; }} }}",
    "sql": "select * from t where {}",
    "fortran": "program p\n {}\nend program",
}
CHARACTERS = [r"'\n'", r"'\u0041'", r"'\''", r"'\\'"]


def found(language: str, pattern: str, source: str) -> list[str]:
    return [match.chunks[0].text for match in CodePattern(pattern, language).match_source(source)]


@pytest.mark.parametrize("language", ["go", "rust", "scala", "julia", "kotlin", "csharp"])
@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character(language: str, character: str) -> None:
    code = f"f({character}, g)"
    source = AROUND.get(language, "{}").format(code)
    assert found(language, code, source) == [code]
    assert found(language, rf"f({character}, \X)", source) == [code]


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("pascal", r"a := 'x\n'"),
        ("solidity", r"f('a\n')"),
        ("sql", r"x LIKE 'a\n'"),
        ("fortran", r"a = 'x\n'"),
        ("csharp", r'f(@"\{0}\a")'),
        ("javascript", r"f(/\{\d+/)"),
        ("python", r"f(r'\{\{')"),
        ("julia", r"""f("'a\n' it's \"b\"")"""),
        ("julia", r'f("a\n$(g(b))\n")'),
        ("swift", r"""f("'a\n' it's \"b\"")"""),
        ("swift", r'f("a\n\(g(b))\n")'),
        ("swift", r"""f("'\(a)' and '\(b)'")"""),
        ("swift", r'f(#"a\n\#(b)"#)'),
    ],
)
def test_a_string(language: str, code: str) -> None:
    assert found(language, code, AROUND.get(language, "{}").format(code)) == [code]


@pytest.mark.parametrize(
    ("language", "code"),
    [("swift", r'f("a \(g(b)) c")'), ("julia", r'f("a $(g(b)) c")'), ("kotlin", r'f("a ${g(b)} c")')],
)
def test_code_in_a_string(language: str, code: str) -> None:
    assert found(language, code.replace("g(b)", r"\X"), code) == [code]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("c", '#define A() \\\n  B("a") \\\n  c'),
        ("ruby", 'a "b" \\\n  "c"'),
        ("python", "a = b + \\\n  c"),
        ("python", 'f("a\\\n  b")'),
    ],
)
def test_the_end_of_a_line(language: str, code: str, newline: str) -> None:
    code = code.replace("\n", newline)
    assert found(language, code, code + newline) == [code]


def test_what_is_not_closed_in_code() -> None:
    with pytest.raises(CodePatternError, match="is not closed by"):
        CodePattern(r"f(\{ x)", "python")


@pytest.mark.parametrize("pattern", [r"\{" * 3000, r"\{" * 3000 + r"\}" * 3000])
def test_too_many_in_one_another(pattern: str) -> None:
    with pytest.raises(CodePatternError, match="nested too deeply"):
        CodePattern(pattern, "python")
