"""All that looks at one `CodeSource` shares its syntax tree; the splitter takes one for text and language."""

from __future__ import annotations

import pytest

from cocoindex.ops.code import CodePattern, CodeSource, index_terms
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.text.errors import SplitterArgumentError

TEXT = "".join(f"def function_{number}(a):\n    return foo({number})\n\n\n" for number in range(40))


def test_one_tree_for_all() -> None:
    source = CodeSource(TEXT, "python")
    chunks = RecursiveSplitter().split(source, chunk_size=200)
    tree = source.tree
    assert len(CodePattern(r"foo(\X)", "python").match_source(source)) == 40
    assert len(index_terms(source)) == 41
    assert source.tree is tree
    assert chunks == RecursiveSplitter().split(TEXT, chunk_size=200, language="python")


def test_a_source_without_a_grammar_is_split_as_its_text() -> None:
    splitter = RecursiveSplitter()
    assert splitter.split(CodeSource(TEXT), chunk_size=200) == splitter.split(TEXT, chunk_size=200)


def test_a_source_has_its_own_language() -> None:
    with pytest.raises(SplitterArgumentError, match="language") as caught:
        RecursiveSplitter().split(CodeSource(TEXT, "python"), chunk_size=200, language="python")
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, TypeError)
