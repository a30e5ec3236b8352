"""What a search for a pattern gives. Ops layer."""

from __future__ import annotations

from dataclasses import dataclass

from cocoindex.resources.chunk import Chunk

from ..text.code_source import CodeSource


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """A place at which a pattern matches.

    Args:
        kind: the kind of the smallest syntax node that holds the match, as its grammar calls it.
        chunks: what was matched, with its position: one chunk.
        captures: what the metavariables stand for, by their names; an empty chunk where one stands for nothing.
    """

    kind: str
    chunks: list[Chunk]
    captures: dict[str, list[Chunk]]


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The matches in one file.

    Args:
        path: the path, as it was given.
        source: what the file holds; its syntax tree is there for further use.
        matches: at least one.
    """

    path: str
    source: CodeSource
    matches: list[CodeMatch]

    @property
    def ast(self) -> CodeSource:
        """The source, by the name that it has in older programs."""
        return self.source
