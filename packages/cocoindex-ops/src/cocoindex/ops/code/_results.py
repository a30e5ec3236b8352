"""The results of a search for a pattern. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass

from cocoindex.resources.chunk import Chunk

from ..text.code_source import CodeSource


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """One match of a pattern.

    Args:
        kind: the grammar's name for the smallest syntax node that holds the match.
        chunks: the matched text with its position: one chunk.
        captures: the text captured by each metavariable, by name; an empty chunk if it captured nothing.
    """

    kind: str
    chunks: list[Chunk]
    captures: dict[str, list[Chunk]]


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The matches in one file.

    Args:
        path: the path, as given.
        source: the parsed content of the file; its syntax tree can be used again.
        matches: at least one.
    """

    path: str
    source: CodeSource
    matches: list[CodeMatch]

    @property
    def ast(self) -> CodeSource:
        """Alias of `source`, for older programs."""
        return self.source
