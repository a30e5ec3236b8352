"""`index_terms` gives the words of a source, and `might_match` says whether they have those that a pattern needs."""

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
