"""Finds where the literals and words of a pattern occur in a source, so that little is searched. Ops layer."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from ..text.syntax_nodes import SyntaxNodes
from ._elements import Element, Inner
from ._literal import Literal

_WORDS = 4
_NOWHERE = array("q")


class LiteralPlaces:
    """The places of literals in one source."""

    def __init__(self, nodes: SyntaxNodes, data: bytes) -> None:
        self._nodes = nodes
        self._data = data
        self._known: dict[int, list[int]] = {}
        self._behind_children: dict[int, defaultdict[int, array[int]]] = {}

    def of(self, literal: Literal) -> list[int]:
        """Return the tokens with which a literal may begin."""
        known = self._known.get(id(literal))
        if known is None:
            nodes, text = self._nodes, literal.text
            found = set[int]()
            for begin in {0, literal.skip(0)}:
                for size in self._sizes:
                    if begin + size <= len(text):
                        found.update(nodes.places.get(text[begin : begin + size], ()))
            # In an incomplete pattern, a comment may look like code.
            found.update(token for token in nodes.behind_comments if self._begins_with_gap(literal, token))
            known = self._known[id(literal)] = sorted(found)
        return known

    def behind_children(self, literal: Literal | None, parent: int) -> array[int]:
        """Return the tokens directly behind the children of a node: those with which a literal may begin, or all."""
        known = self._behind_children.get(id(literal))
        if known is None:
            nodes = self._nodes
            known = self._behind_children[id(literal)] = defaultdict(lambda: array("q"))
            for token in range(len(nodes.texts) + 1) if literal is None else self.of(literal):
                for node in nodes.ending(token - 1) if token else ():
                    known[nodes.parents[node]].append(token)
        return known.get(parent, _NOWHERE)

    def _begins_with_gap(self, literal: Literal, token: int) -> bool:
        """Say whether a literal begins with the text before a token, or the text with the literal."""
        nodes = self._nodes
        return literal.text.startswith(nodes.gap(token)) or nodes.is_in_gap(literal.text, 0, token)

    @cached_property
    def _sizes(self) -> set[int]:
        return {len(text) for text in self._nodes.places}

    def of_word(self, word: bytes) -> list[int]:
        """Return the tokens in which a word begins, for each place in the source."""
        found, at = [], self._data.find(word)
        while at >= 0:
            found.append(bisect_right(self._nodes.starts, at) - 1)
            at = self._data.find(word, at + len(word))
        return found


class Reach:
    """Says how far a match reaches at least."""

    def __init__(self, elements: Sequence[Element], places: LiteralPlaces) -> None:
        self._words = [places.of_word(word.encode()) for word in _longest_words(elements)]
        self._literals = [places.of(literal) for literal in _literals(elements)]

    def __call__(self, start: int) -> int | None:
        """Return the token up to which a match that begins with `start` reaches at least; None if there is no match."""
        reach = at = start
        for places in self._words:
            if (number := bisect_left(places, start)) == len(places):
                return None
            reach = max(reach, places[number])
        for places in self._literals:
            if (number := bisect_left(places, at)) == len(places):
                return None
            at = places[number]
        return max(reach, at - 1)  # a literal that is a comment may be behind the last token of the match


def _literals(elements: Sequence[Element]) -> Iterator[Literal]:
    """Yield all literals, in the order of the pattern."""
    for element in elements:
        if isinstance(element, Literal):
            yield element
        elif isinstance(element, Inner):
            yield from _literals(element.elements)


def _longest_words(elements: Sequence[Element]) -> list[str]:
    """Return the longest words that every match contains; they are likely to be rare."""
    words = {word for element in elements if isinstance(element, Literal) for word in element.words()}
    return sorted(words, key=len, reverse=True)[:_WORDS]
