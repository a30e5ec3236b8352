"""Parts of a source as one text: what is shown, where it lies in the source, and what was left out.

Resources layer: plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .chunk import TextPosition

__all__ = ["SourceView", "ViewSegment"]


@dataclass(frozen=True, slots=True)
class ViewSegment:
    """One piece of a view's text.

    Attributes:
        start, end: where it lies in the source, `end` exclusive.
        kind: "content" is what the view is about, "frame" is shown so that one sees where that belongs.
        summary: what is shown in its place; None where the source itself is.
        rendered_start, rendered_end: where it lies in the view's text, in code points, `rendered_end` exclusive.
    """

    start: TextPosition
    end: TextPosition
    kind: Literal["frame", "content"]
    summary: str | None
    rendered_start: int
    rendered_end: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """A text made of pieces of a source; `text` is what `segments` show, one after the other."""

    text: str
    segments: list[ViewSegment]

    @property
    def start(self) -> TextPosition:
        """Where the view's own content begins in the source, frames aside."""
        return self._content()[0].start

    @property
    def end(self) -> TextPosition:
        """Where the view's own content ends in the source, frames aside."""
        return self._content()[-1].end

    def _content(self) -> list[ViewSegment]:
        return [segment for segment in self.segments if segment.kind == "content"] or self.segments
