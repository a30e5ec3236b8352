"""Finds where the elements of a pattern match in a syntax tree. Ops layer.

A match is a run of consecutive nodes of one parent. For each start token and each node around it, the first match that
lies in the node, but in none of its children, is reported; the matches of one node do not overlap.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ..text.syntax_nodes import NONE, SyntaxNodes
from ._elements import Element, Hole, Inner
from ._literal import Literal, is_in_word
from ._places import LiteralPlaces, Reach

Bindings = dict[str, tuple[int, int]]
_STEPS_A_TOKEN = 50
_LEAST_STEPS = 200_000
_BYTES_A_STEP = 64  # that are compared, or searched by a regular expression


class Found(NamedTuple):
    """A match.

    Attributes:
        node: the number of the node that contains it.
        first: its first token.
        end: the token after its last one.
        captures: the token range of each capture, by name.
    """

    node: int
    first: int
    end: int
    captures: Bindings


class TooManySteps(Exception):
    """A pattern can be matched in too many ways in a source."""


def find_matches(elements: Sequence[Element], nodes: SyntaxNodes, data: bytes) -> list[Found]:
    """Return all matches, in the post-order of the nodes that contain them.

    Raises:
        TooManySteps: the search takes more than 200,000 steps plus 50 for each token of the source.
    """
    return sorted(_Search(nodes, data, elements).all(), key=lambda found: found[:2])


class _Dead:
    """States that are known not to lead to a match: the number of elements matched so far, and the next token.

    Args:
        shared: those that fail for any limit or, if `by_start`, for any start within one limit.
        by_start: whether the starts differ, not the limits.
    """

    __slots__ = ("_by_start", "_here", "shared")

    def __init__(self, shared: set[tuple[int, int]], by_start: bool = False) -> None:
        self._here = set[tuple[int, int]]()
        self._by_start = by_start
        self.shared = shared

    def holds(self, state: tuple[int, int], causes: _Causes) -> bool:
        """Say whether a state fails, and add what that depends on to `causes`."""
        is_of_here = state in self._here
        if not (is_of_here or state in self.shared):
            return False
        causes.cut |= is_of_here or self._by_start
        causes.refused |= is_of_here or not self._by_start
        return True

    def add(self, state: tuple[int, int], causes: _Causes) -> None:
        is_of_here = causes.refused if self._by_start else causes.cut
        (self._here if is_of_here else self.shared).add(state)


class _Causes:
    """What the failure of a state depended on.

    Attributes:
        cut: the end of the surrounding node.
        refused: the start, as a complete match was refused that is not a run of nodes from there.
    """

    __slots__ = ("cut", "refused")

    def __init__(self, cut: bool = False, refused: bool = False) -> None:
        self.cut = cut
        self.refused = refused

    def add(self, others: _Causes) -> None:
        self.cut |= others.cut
        self.refused |= others.refused


class _Search:
    def __init__(self, nodes: SyntaxNodes, data: bytes, elements: Sequence[Element]) -> None:
        self._nodes = nodes
        self._data = data
        self._elements = elements
        self._bound: Bindings = {}
        self._has_twins = any(count > 1 for count in Counter(_names(elements)).values())
        self._left = _LEAST_STEPS + _STEPS_A_TOKEN * len(nodes.texts)
        self._places = LiteralPlaces(nodes, data)
        self._causes = _Causes()
        # For the elements from each one on: the tokens from which these match for no start and no limit.
        self._never = defaultdict[tuple[int, int], bytearray](lambda: bytearray(len(nodes.texts) + 1))
        self._never_behind = {id(element): never for element, never in self._literals(elements)}

    def _literals(self, elements: Sequence[Element]) -> Iterator[tuple[Literal, bytearray]]:
        """Yield each literal, with the tokens from which it, and what follows, never matches."""
        for at, element in enumerate(elements):
            if isinstance(element, Literal):
                yield element, self._never[id(elements), at]
            elif isinstance(element, Inner):
                yield from self._literals(element.elements)

    def all(self) -> Iterator[Found]:
        reach_of = Reach(self._elements, self._places)
        free: dict[int, int] = {}
        for start in self._possible_starts():
            reach = reach_of(start)
            if reach is None:
                return
            yield from self._from(start, reach, free)

    def _possible_starts(self) -> Sequence[int]:
        """Return the tokens at which a match may begin."""
        nodes, (first, *more) = self._nodes, self._elements
        if isinstance(first, Literal):
            return self._places.of(first)
        if isinstance(first, Hole) and first.least == first.most == 1 and more and isinstance(more[0], Literal):
            behind = self._places.of(more[0])
            return sorted({nodes.first[node] for token in behind if token for node in nodes.ending(token - 1)})
        return range(len(nodes.texts))

    def _from(self, start: int, reach: int, free: dict[int, int]) -> Iterator[Found]:
        """Yield the matches that begin with the token `start`, for each of the nodes around it that contain `reach`."""
        nodes = self._nodes
        node, covered = nodes.holders[start], start - 1
        tries = _Tries(start)
        while node != NONE:
            last = nodes.last[node]
            if nodes.named[node] and last > covered:
                if last >= reach and free.get(node, 0) <= start:
                    for end in self._tried(tries, last + 1):
                        if end - 1 > covered and nodes.is_run(start, end - 1):
                            free[node] = end
                            yield Found(node, start, end, dict(self._bound))
                            break
                    self._bound.clear()
                covered = last
            if nodes.first[node] < start:
                return  # in the nodes around it, `start` is in the middle of a child
            node = nodes.parents[node]

    def _tried(self, tries: _Tries, limit: int) -> Iterator[int]:
        """Yield the ends, up to `limit`, of matches that begin with one token; `limit` grows from call to call.

        As thousands of nodes may be nested, states that fail are tried once, not again for each node.
        """
        elements, start, dead = self._elements, tries.start, _Dead(tries.dead)
        first = elements[0]
        self._causes = _Causes()
        if self._has_twins or isinstance(first, Literal) or (isinstance(first, Inner) and any(_names([first]))):
            yield from self._match(elements, 0, start, limit, dead)
            return
        fresh = self._ends(first, _literal_at(elements, 1), start, limit, tries.limit)
        if isinstance(first, Inner):
            fresh = iter(dict.fromkeys(fresh))
        tries.limit = limit
        if len(elements) > 1:  # else only the new ends lie behind those of the nodes before
            tries.ends.append(fresh)
        ends = self._not_dead(tries) if len(elements) > 1 else fresh
        yield from self._match_rest(first, ends, elements, 1, start, limit, dead)

    def _not_dead(self, tries: _Tries) -> Iterator[int]:
        """Yield the ends of the first element, the farthest first, and forget those that turn out not to match."""
        tried: list[int] = []
        try:
            while tries.ends:
                for end in tries.ends[-1]:
                    tried.append(end)
                    yield end
                tries.ends.pop()
        finally:
            never = self._never[id(self._elements), 1]
            tries.ends.append(iter([end for end in tried if not never[end] and (1, end) not in tries.dead]))

    def _match(self, elements: Sequence[Element], at: int, token: int, limit: int, dead: _Dead) -> Iterator[int]:
        """Yield the token after each match of `elements[at:]` from `token` on, before `limit`; the best match first."""
        self._step()
        if at == len(elements):
            self._causes.refused = True  # if it is accepted, nothing else is tried
            yield token
            return
        never = self._never[id(elements), at]
        if never[token] or dead.holds((at, token), self._causes):
            return
        before, self._causes = self._causes, _Causes()
        element = elements[at]
        if isinstance(element, Literal):
            end = self._behind(element, token, limit)
            if end is not None:
                yield from self._match(elements, at + 1, end, limit, dead)
        else:
            ends = self._ends(element, _literal_at(elements, at + 1), token, limit)
            yield from self._match_rest(element, ends, elements, at + 1, token, limit, dead)
        if not self._has_twins:  # all results were rejected, and would be rejected again
            if self._causes.cut or self._causes.refused:
                dead.add((at, token), self._causes)
            else:
                never[token] = True
        self._causes.add(before)

    def _step(self, count: int = 1) -> None:
        self._left -= count
        if self._left < 0:
            raise TooManySteps

    def _behind(self, literal: Literal, token: int, limit: int) -> int | None:
        """Return the token after those that match `literal` from `token` on; None if they do not match."""
        nodes, text, at = self._nodes, literal.text, 0
        while at < len(text):
            if token < limit and (as_it_is := nodes.text_with_gap(token)) and text.startswith(as_it_is, at):
                at, token = at + len(as_it_is), token + 1  # also with comments, or text that looks like a comment
                continue
            behind = literal.skip(at)
            if behind >= len(text):
                break
            if nodes.is_in_gap(text, at, token):
                return token  # a comment; in an incomplete pattern, it cannot be distinguished from code
            if token >= limit:
                self._causes.cut = True
                return None
            gap, word = nodes.gap(token), nodes.texts[token]
            if behind == at and gap and is_in_word(text, at):
                return None  # one word in the pattern, but two in the source
            # With whitespace that differs from the source, or with the whitespace that is part of a token.
            if text.startswith(word, behind):
                at = behind + len(word)
            elif text.startswith(word, at):
                at += len(word)
            else:
                return None
            token += 1
        return token

    def _match_rest(
        self,
        element: Hole | Inner,
        ends: Iterable[int],
        elements: Sequence[Element],
        after: int,
        token: int,
        limit: int,
        dead: _Dead,
    ) -> Iterator[int]:
        """Do the same as `_match` for `elements[after:]`, if `element` matches from `token` to each of `ends`."""
        name = element.name if isinstance(element, Hole) else ""
        known = self._bound.get(name) if name else None
        for end in ends:
            if known is not None:
                if self._text(*known) == self._text(token, end):
                    yield from self._match(elements, after, end, limit, dead)
            elif name:
                self._bound[name] = (token, end)
                yield from self._match(elements, after, end, limit, dead)
                del self._bound[name]
            else:
                yield from self._match(elements, after, end, limit, dead)

    def _ends(
        self, element: Hole | Inner, behind: Literal | None, token: int, limit: int, above: int = -1
    ) -> Iterator[int]:
        """Yield the possible ends of an element that begins at `token`, the farthest first, down to `above`.

        Args:
            element: the element.
            behind: the literal that follows it, if one does.
            token: where the element begins.
            limit: where it must end at the latest.
            above: its end must be behind this token.
        """
        if isinstance(element, Inner):
            return self._ends_of_inner(element, token, limit, above)
        return self._ends_of_hole(element, behind, token, limit, above)

    def _ends_of_hole(self, hole: Hole, behind: Literal | None, token: int, limit: int, above: int) -> Iterator[int]:
        """Yield the possible ends of the nodes that match a metavariable."""
        nodes, nearest = self._nodes, limit + 1
        for node in self._beginning(token, limit):
            parent = nodes.parents[node]
            if parent != NONE and nodes.last[parent] < above:
                break
            ends = self._ends_before(behind, node, limit) if hole.takes_any else self._run(hole, node, limit)
            for end in ends:
                if end <= above:
                    return
                if end < nearest:  # a smaller node with the same beginning does not reach farther
                    nearest = end
                    yield end
        if hole.least == 0 and token > above:
            yield token

    def _ends_before(self, behind: Literal | None, node: int, limit: int) -> Iterator[int]:
        """Yield the ends of a node and its next siblings, up to `limit`, the farthest first.

        If a literal is behind, only those are yielded where it may begin.
        """
        places = self._places.behind_children(behind, self._nodes.parents[node])
        self._step()
        never = self._never_behind.get(id(behind))
        while never and places and never[places[-1]]:  # no match goes on there, wherever it begins
            places.pop()
        begin, end = bisect_right(places, self._nodes.last[node]), bisect_right(places, limit)
        self._causes.cut |= end < len(places)
        for number in range(end - 1, begin - 1, -1):
            self._step()
            if number < len(places):  # what was tried meanwhile may have taken the last ones away
                yield places[number]

    def _run(self, hole: Hole, node: int, limit: int) -> Iterator[int]:
        """Return the ends of a node and its next siblings that match a metavariable, the farthest first."""
        nodes, ends, here = self._nodes, list[int](), node
        while here != NONE and len(ends) < hole.most and nodes.last[here] < limit:
            if hole.matches and not hole.matches.fullmatch(self._text(nodes.first[here], nodes.last[here] + 1)):
                break
            self._step()
            ends.append(nodes.last[here] + 1)
            here = nodes.following[here]
        self._causes.cut |= here != NONE and nodes.last[here] >= limit
        return reversed(ends[max(hole.least - 1, 0) :])

    def _beginning(self, token: int, limit: int) -> Iterator[int]:
        """Yield the nodes that begin with a token and end before `limit`, the largest first."""
        nodes = self._nodes
        if token >= limit:
            self._causes.cut = True
            return iter(())
        self._causes.cut |= nodes.last[nodes.largest(token)] >= limit
        return nodes.beginning(token, limit)

    def _ends_of_inner(self, inner: Inner, token: int, limit: int, above: int) -> Iterator[int]:
        """Yield the possible ends of a node that contains a match of a nested pattern."""
        nodes = self._nodes
        done = NONE
        for node in self._beginning(token, limit):
            end = nodes.last[node] + 1
            self._step()
            if end <= above:
                return
            if end == done:  # it has the same tokens as the node around it
                continue
            done = end
            if not inner.elements:
                yield end
                continue
            shared, before = set[tuple[int, int]](), self._causes
            for start in (token,) if inner.whole else self._starts_within(inner, token, end):
                self._causes = _Causes()
                for inner_end in self._match(inner.elements, 0, start, end, _Dead(shared, by_start=True)):
                    if inner_end == end if inner.whole else inner_end > start and nodes.is_run(start, inner_end - 1):
                        # The failures in the nested pattern depend on the end of this node, not of the outer one.
                        inside, self._causes = self._causes, before
                        yield end
                        before, self._causes = self._causes, inside
            self._causes = before

    def _starts_within(self, inner: Inner, token: int, end: int) -> Sequence[int]:
        """Return the tokens from `token` to `end` at which a nested pattern may begin to match."""
        first = inner.elements[0]
        if not isinstance(first, Literal):
            return range(token, end)
        starts = self._places.of(first)
        return starts[bisect_left(starts, token) : bisect_left(starts, end)]

    def _text(self, first: int, end: int) -> bytes:
        if end <= first:
            return b""
        text = self._nodes.text(first, end - 1)
        self._step(len(text) // _BYTES_A_STEP)  # the texts of nested nodes may be far longer than the source
        return text


class _Tries:
    """Results of the search for matches that begin with one token.

    Attributes:
        start: the token.
        limit: the limit up to which they were searched.
        ends: possible ends of the first metavariable that are not known to fail, those for the largest limit last.
        dead: states that fail for any limit.
    """

    __slots__ = ("dead", "ends", "limit", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.limit = -1
        self.ends: list[Iterator[int]] = []
        self.dead = set[tuple[int, int]]()


def _names(elements: Sequence[Element]) -> Iterator[str]:
    """Yield the names of all metavariables, as often as they occur."""
    for element in elements:
        if isinstance(element, Hole) and element.name:
            yield element.name
        elif isinstance(element, Inner):
            yield from _names(element.elements)


def _literal_at(elements: Sequence[Element], at: int) -> Literal | None:
    element = elements[at] if at < len(elements) else None
    return element if isinstance(element, Literal) else None
