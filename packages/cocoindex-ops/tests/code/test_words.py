"""`index_terms` gives the words of a source, and a pattern that needs a word that is not there is not looked for."""

from __future__ import annotations

from cocoindex.ops.code import CodePattern, CodeSource, index_terms

SOURCE = 'def foo_bar(ab, abc): return "hello world" + x.yyy  # comment\nf"aaa {bbb}"; foo_bar; 12345'


def test_identifiers_and_words_of_strings() -> None:
    expected = ["foo_bar", "abc", "hello", "world", "yyy", "aaa", "bbb"]
    assert index_terms(SOURCE, "python") == index_terms(CodeSource(SOURCE, ".py")) == expected
    assert index_terms("a abc", "python", min_len=1) == ["a", "abc"]


def test_might_match_looks_for_the_words_of_the_pattern() -> None:
    pattern = CodePattern(r"def \NAME(\(A*\)): return foo_bar('abcd', xy) \{{ inner \}}", "python")
    assert pattern.might_match("inner return def foo_bar abcd")
    assert not pattern.might_match("inner return def foo_bar")
    assert not pattern.might_match("return def foo_bar abcd")
    assert not CodePattern("f(xy)", "python", min_len=2).might_match("f(x)")


def test_what_might_not_match_is_not_parsed() -> None:
    source = CodeSource("bar(1)", "python")
    assert CodePattern(r"foo(\X)", "python").match_source(source) == []
    assert "_tree" in source.__slots__ and not hasattr(source._tree, "root_node")
