"""What patterns match, and what their metavariables stand for, in several languages."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import match_code

PYTHON = """\
class K(B):
    def f(self, a, b=2):
        x = foo(a, bar(b))
        if a:
            y = open("y")
        close(x)
    @deco
    async def g(self): pass
def h():
    return open("z")  # open("w")
foo(1, # one
    2)
if a == a: foo()
"""
JAVASCRIPT = """\
import x, {y as z} from "m";
const é = foo(1), w = {k: foo(2), "l": [1,2,]};
if (a === b) { foo(); } else if (c) foo(3); else { bar(/re/g) }
class Q { static async n() { await foo(1, `t${u}`); } }
"""
RUST = "fn main() { match p { P { x, .. } if x > 1 => f(x), _ => {} } }\n"
GO = "package p\nfunc (t *T) M(x int) (int, error) {\n\tif err != nil { return 0, err }\n\treturn x, nil\n}\n"
JAVA = "public class C extends D { public String m(int a, List<String> b) { return foo(a, b); } }\n"
HTML = '<div class="a"><p>hi <b>x</b></p></div>\n'
JSON = '{"a": [1, 2], "b": {"c": null}}'
SQL = "select a, b from t where a = 1;\n"


def found(pattern: str, source: str, language: str) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (match.kind, match.chunks[0].text, {name: chunks[0].text for name, chunks in match.captures.items()})
        for match in match_code(pattern, source, language)
    ]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"foo(\X)", []),
        (r"foo(1, 2)", [("call", "foo(1, # one\n    2)", {})]),
        (r"return \X", [("return_statement", 'return open("z")', {"X": 'open("z")'})]),
        (r"\X == \X", [("comparison_operator", "a == a", {"X": "a"})]),
        (r"class \N(\(B*\)):", [("class_definition", "class K(B):", {"N": "K", "B": "B"})]),
        (r"@deco", [("decorator", "@deco", {})]),
        (r"def \(N:/[gh]/\)", [("function_definition", f"def {n}", {"N": n}) for n in "gh"]),
        (r"async def \N(\*)", [("function_definition", "async def g(self)", {"N": "g"})]),
        (r"open(\_)", [("call", 'open("y")', {}), ("call", 'open("z")', {})]),
        (r'"y"', [("string", '"y"', {})]),
        (r"foo(\(A*\), bar(\(B+\)))", [("call", "foo(a, bar(b))", {"A": "a", "B": "b"})]),
        (r"def \N(): \{ return \_ \}", [("function_definition", 'def h():\n    return open("z")', {"N": "h"})]),
        (r"if \C: \{{ open(\X) \}}", [("if_statement", 'if a:\n            y = open("y")', {"C": "a", "X": '"y"'})]),
        (r"def \N(\(A*\)): \{{ nothing \}}", []),
    ],
)  # fmt: skip
def test_python(pattern: str, expected: list[tuple[str, str, dict[str, str]]]) -> None:
    assert found(pattern, PYTHON, "python") == expected


@pytest.mark.parametrize(
    ("language", "source", "pattern", "captures"),
    [
        ("javascript", JAVASCRIPT, r"foo(\(X+\))", [{"X": "1"}, {"X": "2"}, {"X": "3"}, {"X": "1, `t${u}`"}]),
        ("javascript", JAVASCRIPT, r"const \N = \V", [{"N": "é", "V": "foo(1)"}]),
        ("javascript", JAVASCRIPT, r"\K: \V", [{"K": "k", "V": "foo(2)"}, {"K": '"l"', "V": "[1,2,]"}]),
        ("javascript", JAVASCRIPT, r"`t${\X}`", [{"X": "u"}]),
        ("rust", RUST, r"\P => \B", [{"P": "P { x, .. } if x > 1", "B": "f(x)"}, {"P": "_", "B": "{}"}]),
        ("go", GO, r"if \C { return \(X*\) }", [{"C": "err != nil", "X": "0, err"}]),
        ("go", GO, r"func (\R) \N(\(A*\)) \T { \* }", [{"R": "t *T", "N": "M", "A": "x int", "T": "(int, error)"}]),
        ("java", JAVA, r"public \T \N(\(A*\))", [{"T": "String", "N": "m", "A": "int a, List<String> b"}]),
        ("html", HTML, r"<b>\X</b>", [{"X": "x"}]),
        ("html", HTML, r'class="a"', [{}]),
        ("json", JSON, r'"a": \V', [{"V": "[1, 2]"}]),
        ("sql", SQL, r"from \T", [{"T": "t"}]),
    ],
)
def test_other_languages(language: str, source: str, pattern: str, captures: list[dict[str, str]]) -> None:
    assert [match[2] for match in found(pattern, source, language)] == captures


def test_positions_count_bytes_characters_lines_and_columns() -> None:
    [match] = match_code(r"foo(\X)", 'é = "ü"\nñ = foo("ß")\n', "python")
    [chunk] = match.chunks
    assert (chunk.start.byte_offset, chunk.start.char_offset, chunk.start.line, chunk.start.column) == (15, 12, 2, 5)
    assert (chunk.end.byte_offset, chunk.end.char_offset, chunk.end.line, chunk.end.column) == (24, 20, 2, 13)


def test_what_stands_for_nothing_is_empty() -> None:
    [match] = match_code(r"foo(\(X*\))", "foo()", "python")
    [chunk] = match.captures["X"]
    assert (chunk.text, chunk.start.byte_offset, chunk.end.byte_offset) == ("", 4, 4)


def test_code_that_does_not_parse_is_searched_all_the_same() -> None:
    assert found(r"foo(\X)", "def (:\n    foo(1)\n)))\n", "python")[0][2] == {"X": "1"}


def test_deep_nesting() -> None:
    source = "f(" * 3000 + ")" * 3000
    assert len(match_code("f()", source, "python")) == 1


def test_empty_sources() -> None:
    assert match_code(r"foo(\X)", "", "python") == match_code(r"\X", "# nothing\n", "python") == []


@pytest.mark.parametrize(
    ("language", "pattern", "source", "right"),
    [
        ("swift", "var a = 1 var b = 2", "class C {\n var a = 1\n /** c */\n var b = 2\n}", 1),
        ("r", r'("#J3", "#N1", \X)', 'f("#J3", "#N1", nr)', 1),
        ("toml", r'a \X "#5"', 'a = "#5"\n', 1),
    ],
)
def test_what_is_a_comment(language: str, pattern: str, source: str, right: int) -> None:
    assert len(match_code(pattern, source, language)) == right


def test_the_end_of_a_line_is_no_part_of_a_token() -> None:
    source = "#define A 1\r\n#define B 2\r\n"
    [match] = match_code(r"#define \N 1", source, "c")
    assert (match.chunks[0].text, match.captures["N"][0].text) == ("#define A 1", "A")
    assert [match.captures["V"][0].text for match in match_code(r"#define \N \V", source, "c")] == ["1", "2"]
