"""A view is a value that knows where its own content lies; what only frames it does not count."""

from __future__ import annotations

import pytest

from cocoindex.resources.chunk import TextPosition
from cocoindex.resources.view import SourceView, ViewSegment


def at(offset: int) -> TextPosition:
    return TextPosition(offset, offset, 1, offset + 1)


FRAME = ViewSegment(at(0), at(4), "frame", None, 0, 4)
CUE = ViewSegment(at(8), at(8), "frame", "...", 4, 7)
FIRST = ViewSegment(at(8), at(10), "content", None, 7, 9)
SECOND = ViewSegment(at(20), at(23), "content", None, 9, 12)


def test_it_spans_its_content_without_frames() -> None:
    view = SourceView("def ...abxyz", [FRAME, CUE, FIRST, SECOND])
    assert (view.start, view.end) == (at(8), at(23))


def test_without_content_it_spans_its_frames() -> None:
    view = SourceView("def ...", [FRAME, CUE])
    assert (view.start, view.end) == (at(0), at(8))


def test_it_is_a_value() -> None:
    assert SourceView("a", [FRAME]) == SourceView("a", [ViewSegment(at(0), at(4), "frame", None, 0, 4)])
    with pytest.raises(AttributeError):
        FRAME.kind = "content"  # type: ignore[misc]  # what is tested
