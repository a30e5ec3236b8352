"""In every language the text of a node is a pattern that matches it, and so is that text with one child as `\\X`."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree_sitter import Node

from cocoindex.ops.code import CodePattern, CodeSource
from cocoindex.ops.text.syntax_walk import is_comment, is_literal

SAMPLES = sorted(Path(__file__).with_name("samples").glob("*.txt"))


class Sample:
    """A source, and the patterns that its nodes are."""

    def __init__(self, path: Path) -> None:
        self.source = CodeSource(path.read_text(), path.stem)
        self.data = self.source.data
        self.nodes = self.source.nodes_as(path.stem)
        self.literal = bytearray(len(self.data))
        self.found = list(self._walk(self.source.tree.root_node, False))

    def _walk(self, node: Node, is_inside: bool) -> Iterator[tuple[Node, bool]]:
        """The nodes, and whether each is a literal; of what lies in a literal only code."""
        if is_comment(node):
            return
        textual = node.type != "string_scalar" and (
            is_literal(node.type)
            or any(part in node.type for part in ("string", "char", "regex"))
            or (not node.children and self.data[node.start_byte : node.start_byte + 1] in (b"'", b'"'))
            or (is_inside and (not node.children or "escape" in node.type))
        )
        if textual or is_inside:
            size = node.end_byte - node.start_byte
            self.literal[node.start_byte : node.end_byte] = bytes([textual]) * size
        if (
            node.is_named
            and not is_inside
            and not node.has_error
            and self.data[node.start_byte : node.end_byte].strip()
        ):
            yield node, textual
        for child in node.children:
            yield from self._walk(child, textual)

    def code(self, start: int, end: int) -> str:
        """A part of the source as it is written in a pattern."""
        return b"".join(
            b"\\\\" if self.data[at] == 0x5C and not self.literal[at] else self.data[at : at + 1]
            for at in range(start, end)
        ).decode()

    def patterns(self) -> Iterator[tuple[Node, str]]:
        for node, is_text in self.found:
            start, end = node.start_byte, node.end_byte
            yield node, self.code(start, end)
            for child in node.children if not is_text else ():
                text = self.data[child.start_byte : child.end_byte]
                is_operator = not child.is_named and b"\\" in self.data[start:end]  # the rest is no code without it
                is_quoted = b"'" in (quotes := self.data[child.start_byte - 1 : child.end_byte]) or b'"' in quotes
                if text.strip() and not (is_comment(child) or is_operator or is_quoted):
                    yield node, self.code(start, child.start_byte) + r"\(X\)" + self.code(child.end_byte, end)

    def is_found(self, node: Node, pattern: str) -> bool:
        first = bisect_left(self.nodes.starts, node.start_byte)
        last = bisect_right(self.nodes.ends, node.end_byte) - 1
        if last < first:
            return True  # comments only
        wanted = (self.nodes.starts[first], self.nodes.ends[last])
        assert self.source.language is not None
        return any(
            (match.chunks[0].start.byte_offset, match.chunks[0].end.byte_offset) == wanted
            for match in CodePattern(pattern, self.source.language).match_source(self.source)
        )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_node(path: Path) -> None:
    sample = Sample(path)
    patterns = list(sample.patterns())
    assert len(patterns) > 40
    assert [(node.type, pattern) for node, pattern in patterns if not sample.is_found(node, pattern)] == []


def test_there_is_a_sample_of_each_language() -> None:
    assert len(SAMPLES) == 30
