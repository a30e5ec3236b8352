"""`index_terms` holds each word by which a pattern may find a source, and no part of a word or character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Node

from cocoindex.ops.code import CodeSource, index_terms
from cocoindex.ops.text.errors import CodeSourceError
from cocoindex.ops.text.syntax_walk import is_comment

SAMPLES = {path.stem: path.read_text() for path in Path(__file__).with_name("samples").glob("*.txt")}
WORD = re.compile(r"\w+")


def leaves(node: Node) -> Iterator[Node]:
    if is_comment(node):
        return
    if not node.children and node.is_named:
        yield node
    for child in node.children:
        yield from leaves(child)


@pytest.mark.parametrize("language", SAMPLES)
def test_the_words_of_all_names_and_texts(language: str) -> None:
    source = CodeSource(SAMPLES[language], language)
    texts = [source.data[leaf.start_byte : leaf.end_byte].decode() for leaf in leaves(source.tree.root_node)]
    words = {word for text in texts for word in WORD.findall(text) if len(word) >= 3 and not word[0].isnumeric()}
    assert words - set(index_terms(source)) == set()


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("javascript", "if (abc)\xa0{ ghi(def1) }", ["abc", "ghi", "def1"]),
        ("swift", "let abc = 1; def1(ghi)\n", ["abc", "def1", "ghi"]),
        ("yaml", "name: 'é", ["name"]),
        ("yaml", "name: 'éèê", ["name", "éèê"]),
        ("kotlin", 'val abc = "def1 ${ghi(jkl)} mno"', ["abc", "def1", "ghi", "jkl", "mno"]),
        ("ruby", "@abc = <<X\n  def1 #{ghi}\nX\n", ["abc", "def1", "ghi"]),
        ("css", "a { color: some-name }", ["color", "some", "name"]),
    ],
)
def test_where_grammars_leave_something_out(language: str, text: str, terms: list[str]) -> None:
    assert index_terms(text, language) == terms


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damaged_sources(language: str, data: st.DataObject) -> None:
    text = SAMPLES[language]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 20, len(text))))
    text = text[:start] + data.draw(st.sampled_from(["", "é", "'", '"', "{", "中文", "<"])) + text[end:]
    try:
        terms = index_terms(text, language, min_len=1)
    except CodeSourceError:
        return
    for term in terms:
        assert WORD.fullmatch(term)
        assert term in text
