"""What stands together in code is not parted: a comment and its function, a bracket and its content, a word."""

from __future__ import annotations

import pytest

from cocoindex.ops.text import RecursiveSplitter

SPLITTER = RecursiveSplitter()


def split(text: str, size: int, language: str) -> list[str]:
    return [chunk.text for chunk in SPLITTER.split(text, size, language=language)]


def test_a_comment_stays_with_what_it_is_above() -> None:
    text = "".join(f"# About f{i},\n# in two lines.\n@mark\ndef f{i}():\n    return {i}\n\n" for i in range(9))
    assert all(chunk.startswith("# About") for chunk in split(text, 150, "python"))


def test_attributes_stay_with_what_they_are_above() -> None:
    text = "".join(f"#[test]\n#[ignore]\nfn f{i}() {{\n    g({i});\n}}\n" for i in range(9))
    assert all(chunk.startswith("#[test]") for chunk in split(text, 110, "rust"))


def test_a_large_function_is_cut_between_its_statements() -> None:
    body = "".join(f"    if a{i}:\n        x = {i}\n        y = {i}\n" for i in range(20))
    chunks = split(f"def f():\n{body}", 100, "python")
    assert all(chunk.lstrip().startswith("if a") for chunk in chunks[1:])


def test_a_chunk_keeps_the_indentation_of_its_first_line() -> None:
    text = "class A:\n" + "".join(f"    def f{i}(self):\n        return {i}\n\n" for i in range(9))
    assert all(chunk.startswith("    def") for chunk in split(text, 100, "python")[1:])


def test_a_long_line_is_cut_before_an_element() -> None:
    chunks = split("values = [" + ", ".join(f'"value number {i}"' for i in range(40)) + "]\n", 120, "python")
    assert len(chunks) > 5
    assert all(chunk.startswith('"value number') for chunk in chunks[1:])


def test_a_docstring_is_cut_at_its_lines() -> None:
    text = '"""' + "A sentence of the docstring that is rather long.\n" * 20 + '"""\n'
    assert all(chunk.startswith("A sentence") for chunk in split(text, 150, "python")[1:])


@pytest.mark.parametrize("language", ["python", "rust", "json", "html", "yaml", "sql"])
def test_malformed_code_is_split_too(language: str) -> None:
    text = "def f(:\n )) x = = [\n{ <a> <b 'c\n" * 50
    chunks = SPLITTER.split(text, 100, language=language)
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("c", "<!--" * 4000),
        ("yaml", "\n".join(" " * i + "a:" for i in range(1000))),
        ("kotlin", '"${' * 4000),
        ("json", "[" * 50_000),
    ],
)
def test_sources_that_parsers_cannot_take(language: str, text: str) -> None:
    chunks = SPLITTER.split(text, 1000, language=language)
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(text.split())
