"""Finds where the elements of a pattern match in a syntax tree. Ops layer.

A match is a run of nodes that follow each other under one parent. Of those that begin with one token, each node gets
the first that lies in it and in none of its children; a node's matches do not overlap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..text.syntax_nodes import NONE, SyntaxNodes
from ._elements import Element, Hole, Inner, Tokens

Bindings = dict[str, tuple[int, int]]


class Found(NamedTuple):
    """A match: the node that holds it, its first token, the one behind its last, and those of its captures."""

    node: int
    first: int
    end: int
    captures: Bindings


def find_matches(elements: Sequence[Element], nodes: SyntaxNodes) -> list[Found]:
    """All matches, in the post-order of the nodes that hold them."""
    return sorted(_Search(nodes).all(elements), key=lambda found: found[:2])


class _Search:
    def __init__(self, nodes: SyntaxNodes) -> None:
        self._nodes = nodes
        self._bound: Bindings = {}

    def all(self, elements: Sequence[Element]) -> Iterator[Found]:
        places = self._nodes.places
        words = {word for element in elements if isinstance(element, Tokens) for word in element.text.split(b"\0")}
        # What this source has as tokens, too, says where to look; the others may be cut in another way.
        wanted = [places[word] for word in words if word in places]
        first = elements[0]
        starts = self._starts(first.text) if isinstance(first, Tokens) else range(len(self._nodes.texts))
        free: dict[int, int] = {}
        for start in starts:
            yield from self._from(start, elements, wanted, free)

    def _starts(self, text: bytes) -> list[int]:
        """The tokens with which `text` begins."""
        places = self._nodes.places
        first = text.partition(b"\0")[0]
        found = [token for size in range(1, len(first) + 1) for token in places.get(first[:size], ())]
        return sorted(found)

    def _from(
        self, start: int, elements: Sequence[Element], wanted: list[list[int]], free: dict[int, int]
    ) -> Iterator[Found]:
        """The matches that begin with the token `start`, for each of the nodes around it."""
        nodes = self._nodes
        # The earliest tokens that could match those of the pattern say how large a node has to be.
        reach = start
        for places in wanted:
            at = bisect_left(places, start)
            if at == len(places):
                return
            reach = max(reach, places[at])
        node, covered = nodes.holders[start], start - 1
        while node != NONE:
            last = nodes.last[node]
            if nodes.named[node] and last > covered:
                if last >= reach and free.get(node, 0) <= start:
                    for end in self._match(elements, 0, start, last + 1):
                        if end - 1 > covered and nodes.is_run(start, end - 1):
                            free[node] = end
                            yield Found(node, start, end, dict(self._bound))
                            break
                    self._bound.clear()
                covered = last
            if nodes.first[node] < start:
                return  # what is around it holds `start` in the middle of a child
            node = nodes.parents[node]

    def _match(self, elements: Sequence[Element], at: int, token: int, limit: int) -> Iterator[int]:
        """The tokens behind the ways in which `elements[at:]` match from `token` on, before `limit`; best first."""
        if at == len(elements):
            yield token
            return
        element = elements[at]
        if isinstance(element, Tokens):
            end = self._behind(element.text, token, limit)
            if end is not None:
                yield from self._match(elements, at + 1, end, limit)
            return
        if isinstance(element, Hole):
            yield from self._match_hole(element, elements, at + 1, token, limit)
        else:
            for end in self._match_inner(element, token, limit):
                yield from self._match(elements, at + 1, end, limit)

    def _behind(self, wanted: bytes, token: int, limit: int) -> int | None:
        """The token behind those that are `wanted`; None where others stand there."""
        nodes, at = self._nodes, 0
        while at < len(wanted):
            if token >= limit:
                return None
            if at and wanted[at] == 0:
                at += 1
            elif at and _in_word(wanted, at) and nodes.ends[token - 1] < nodes.starts[token]:
                return None  # one word there, and two here
            text = nodes.texts[token]
            if not wanted.startswith(text, at):
                return None
            at, token = at + len(text), token + 1
        return token

    def _match_hole(self, hole: Hole, elements: Sequence[Element], after: int, token: int, limit: int) -> Iterator[int]:
        known = self._bound.get(hole.name) if hole.name else None
        for end in self._ends(hole, token, limit):
            if known is not None:
                if self._text(*known) == self._text(token, end):
                    yield from self._match(elements, after, end, limit)
            elif hole.name:
                self._bound[hole.name] = (token, end)
                yield from self._match(elements, after, end, limit)
                del self._bound[hole.name]
            else:
                yield from self._match(elements, after, end, limit)

    def _ends(self, hole: Hole, token: int, limit: int) -> list[int]:
        """Behind which tokens the nodes that a hole stands for may end, the farthest first."""
        nodes, found = self._nodes, set[int]()
        for node in nodes.beginning[token] if token < limit else ():
            count, here = 0, node
            while here != NONE and count < hole.most and nodes.last[here] < limit:
                if hole.matches and not hole.matches.fullmatch(nodes.text(nodes.first[here], nodes.last[here])):
                    break
                count += 1
                if count >= hole.least:
                    found.add(nodes.last[here] + 1)
                here = nodes.following[here]
        ends = sorted(found, reverse=True)
        if hole.least == 0:
            ends.append(token)
        return ends

    def _match_inner(self, inner: Inner, token: int, limit: int) -> Iterator[int]:
        nodes = self._nodes
        done = NONE
        for node in nodes.beginning[token] if token < limit else ():
            end = nodes.last[node] + 1
            if end > limit or end == done:  # too large, or the same tokens as the node around it
                continue
            done = end
            if not inner.elements:
                yield end
                continue
            for start in (token,) if inner.whole else range(token, end):
                for inner_end in self._match(inner.elements, 0, start, end):
                    if inner_end == end if inner.whole else nodes.is_run(start, inner_end - 1):
                        yield end

    def _text(self, first: int, end: int) -> bytes:
        return self._nodes.text(first, end - 1) if end > first else b""


def _in_word(text: bytes, at: int) -> bool:
    return all(byte >= 0x80 or chr(byte).isalnum() or byte == 0x5F for byte in text[at - 1 : at + 1])
