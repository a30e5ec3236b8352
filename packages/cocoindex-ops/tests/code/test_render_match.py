"""A match is shown with the first lines of what it lies in, and says where it lies."""

from __future__ import annotations

from cocoindex.ops.code import CodePattern, CodeSource, render_match

SOURCE = """\
class K:
    def f(self):
        a = open("x")
        if a:
            pass
        else:
            open("y")
"""


def test_the_lines_around_a_match() -> None:
    source = CodeSource(SOURCE, "python")
    first, second = CodePattern(r"open(\X)", "python").match_source(source)
    view = render_match(source, first)
    assert view.text == 'class K:\n    def f(self):\n... open("x")'
    assert (view.start.line, view.start.column, view.end.column) == (3, 13, 22)
    assert [segment.kind for segment in view.segments] == ["frame", "frame", "frame", "content"]
    assert view.text == "".join(view.text[s.rendered_start : s.rendered_end] for s in view.segments)
    text = render_match(source, second).text
    assert text == 'class K:\n    def f(self):\n        if a:\n        else:\nopen("y")'


def test_a_match_in_nothing_is_shown_alone() -> None:
    source = CodeSource("foo(1)\n", "python")
    [match] = CodePattern("foo(1)", "python").match_source(source)
    assert render_match(source, match).text == "foo(1)"
