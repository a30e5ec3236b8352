"""Headings and fences begin and end where a parser of CommonMark says, in documents and in what is put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocoindex.ops.text._markdown_structure import MarkdownStructure

REPOSITORY = Path(__file__).parents[4]
PARSER = MarkdownIt("commonmark").enable("table")

Found = tuple[set[tuple[int, int]], set[tuple[int, int]]]


def by_parser(text: str) -> Found:
    """Line and level of the headings of the document itself; first and last line of fences, in whatever they are."""
    headings, fences, depth = set(), set(), 0
    for token in PARSER.parse(text):
        if token.type == "heading_open" and depth == 0 and token.map and token.map[0]:
            headings.add((token.map[0], int(token.tag[1])))
        elif token.type == "fence" and token.map:
            fences.add((token.map[0], _last(text, *token.map)))
        elif token.type in ("blockquote_open", "blockquote_close", "list_item_open", "list_item_close"):
            depth += token.nesting
    return headings, fences


def by_splitter(text: str) -> Found:
    data = text.encode()
    found = MarkdownStructure(data)
    starts = [data.count(b"\n", 0, at + 1) if data[at : at + 1] == b"\n" else 0 for at in found.fences[::2]]
    ends = [data.count(b"\n", 0, at) + 1 for at in found.fences[1::2]]
    return (
        {(data.count(b"\n", 0, at + 1), level) for at, level in zip(found.headings, found.levels, strict=True)},
        {(start, _last(text, start, end)) for start, end in zip(starts, ends, strict=True)},
    )


def _last(text: str, start: int, end: int) -> int:
    """The last line before `end` that is not blank: parsers differ in whether blank lines belong to a fence."""
    lines = text.split("\n")
    while end > start + 1 and (end > len(lines) or not lines[end - 1].strip(" >\t\r")):
        end -= 1
    return end


@pytest.mark.parametrize("path", sorted(REPOSITORY.glob("packages/*/*.md")), ids=lambda path: "/".join(path.parts[-2:]))
def test_documents(path: Path) -> None:
    text = path.read_text()
    assert by_splitter(text) == by_parser(text)


LINES = [
    *("", "", "text", "# H", "## H ##", "#no", "Title", "===", "---", "***", "__", "=", "\\", "=== x", "`x`", "中"),
    *("```", "```py", "````", "~~~", "~~~ a`b", "``` a`", "\n| a | b |\n|---|---|", "| c | d |", "- - -"),
    *("<div>", "</div>", "<!-- c -->", "<?php ?>", "<hr/>", "<!--\n# no\n\n# no\n-->", "<pre>\n\n# no\n</pre>"),
]
ITEMS = ["- item", "* b", "+ c", "1. one", "2) two", "10. ten", "-", "1.", "1.\tx", "-\tx", "- # h", "- ```", "- > q"]
QUOTES = ["> q", ">", ">> q", ">\tx", "> - x", "> # h", "> ```", "> ==="]
BLANKS = ["", "", "", " ", "  ", "   "]

# The parser takes some lines for blocks that are indented by four in or below an item or quote, and are text there.
plain = st.lists(st.tuples(st.sampled_from([*BLANKS, "    ", "\t"]), st.sampled_from(LINES)), max_size=9)
nested = st.lists(st.tuples(st.sampled_from(BLANKS), st.sampled_from([*LINES, *ITEMS, *QUOTES])), max_size=9)


@given(plain | nested)
def test_lines_that_are_put_together(lines: list[tuple[str, str]]) -> None:
    text = "words\n\n" + "\n".join(indent + line for indent, line in lines) + "\n"
    assert by_splitter(text) == by_parser(text)
    crlf = text.replace("\n", "\r\n")
    assert by_splitter(crlf) == by_parser(crlf)
