"""A syntax tree as plain lists: its tokens in order, and its nodes by the tokens that they contain. Ops layer."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from .syntax_walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tree_sitter import Tree

NONE = -1


class SyntaxNodes:
    """The tokens and nodes of one tree; both are identified by numbers, nodes in post-order.

    Attributes:
        texts, starts, ends: the bytes of each token, and its byte offsets.
        holders: the node of each token.
        first, last: the first and last token of each node.
        kinds, named, parents, following: the kind of each node, whether it is named in the grammar, its parent, and its
            next sibling (`NONE` if there is none).
    """

    def __init__(self, tree: Tree, data: bytes) -> None:
        self._data = data
        self._known: dict[bytes, bytes] = {}  # equal texts share one object
        self.texts: list[bytes] = []
        self.starts = array("q")
        self.ends = array("q")
        self.holders = array("q")
        self.first = array("q")
        self.last = array("q")
        self.kinds: list[str] = []
        self.named = bytearray()
        self.parents = array("q")
        self.following = array("q")
        self._open: list[tuple[int, list[int]]] = [(0, [])]  # of each open node, its first token and its children
        self._names: dict[str, str] = {}
        walk(tree, data, self)
        self._known.clear()
        self._names.clear()

    def enter(self) -> None:
        self._open.append((len(self.texts), []))

    def leave(self, kind: str, is_named: bool) -> None:
        first, children = self._open.pop()
        last = len(self.texts) - 1
        if last >= first:
            number = self._number(kind, is_named, first, last)
            for child in children:
                self.parents[child] = number

    def token(self, start: int, end: int, kind: str, is_named: bool) -> None:
        token = len(self.texts)
        text = self._data[start:end]
        self.texts.append(self._known.setdefault(text, text))
        self.starts.append(start)
        self.ends.append(end)
        self.holders.append(self._number(kind, is_named, token, token))

    def _number(self, kind: str, is_named: bool, first: int, last: int) -> int:
        """Add a node as the last of its siblings; return its number."""
        number = len(self.kinds)
        self.kinds.append(self._names.setdefault(kind, kind))
        self.named.append(is_named)
        self.first.append(first)
        self.last.append(last)
        self.parents.append(NONE)
        self.following.append(NONE)
        siblings = self._open[-1][1]
        if siblings:
            self.following[siblings[-1]] = number
        siblings.append(number)
        return number

    @cached_property
    def places(self) -> dict[bytes, list[int]]:
        """The tokens with each text, in order."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        for token, text in enumerate(self.texts):
            found[text].append(token)
        return found

    @cached_property
    def behind_comments(self) -> list[int]:
        """The tokens with more than whitespace before them, including the end of the source."""
        return [token for token in range(len(self.texts) + 1) if self.gap(token).strip()]

    @cached_property
    def _beginning(self) -> _Ranges:
        return _Ranges(self.first, len(self.texts))

    @cached_property
    def _ending(self) -> _Ranges:
        return _Ranges(self.last, len(self.texts))

    def largest(self, token: int) -> int:
        """Return the largest node that begins with a token."""
        nodes, here, _ = self._beginning.of(token)
        return nodes[here]

    def beginning(self, token: int, limit: int) -> Iterator[int]:
        """Yield the nodes that begin with a token and end before the token `limit`, the largest first."""
        nodes, here, stop = self._beginning.of(token)
        last = self.last
        for at in range(bisect_left(nodes, 1 - limit, here, stop, key=lambda node: -last[node]), stop):
            yield nodes[at]

    def ending(self, token: int) -> Sequence[int]:
        """Return the nodes that end with a token."""
        nodes, here, stop = self._ending.of(token)
        return nodes[here:stop]

    def is_run(self, first: int, last: int) -> bool:
        """Say whether the tokens from `first` to `last` are those of consecutive nodes of one parent."""
        head = next(self.beginning(first, last + 1))
        if self.last[head] == last:
            return True
        nodes, here, stop = self._ending.of(last)
        # The largest node that ends with `last` and does not begin before `first`.
        tail = nodes[bisect_left(nodes, first, here, stop, key=lambda node: self.first[node])]
        return self.parents[head] == self.parents[tail]

    def text(self, first: int, last: int) -> bytes:
        """Return the text from one token to another, including both."""
        return self._data[self.starts[first] : self.ends[last]]

    def gap(self, token: int) -> bytes:
        """Return the text between a token, or the end of the source, and the token before."""
        end = self.starts[token] if token < len(self.starts) else len(self._data)
        return self._data[self.ends[token - 1] if token else 0 : end]

    def text_with_gap(self, token: int) -> bytes:
        """Return the text of a token, with the text between it and the one before."""
        return self._data[self.ends[token - 1] if token else 0 : self.ends[token]]

    def is_in_gap(self, text: bytes, at: int, token: int) -> bool:
        """Say whether the gap before a token begins with the rest of `text` from `at` on, as whole comments."""
        start = self.ends[token - 1] if token else 0
        stop = start + len(text) - at
        end = self.starts[token] if token < len(self.starts) else len(self._data)
        if stop > end or not self._data.startswith(text[at:], start):
            return False
        return stop == end or text[-1:].isspace() or self._data[stop : stop + 1].isspace()


class _Ranges:
    """The nodes that begin (or end) with each token, the largest first, in one list."""

    def __init__(self, tokens: array[int], count: int) -> None:
        sizes = array("q", [0]) * (count + 1)
        for token in tokens:
            sizes[token + 1] += 1
        self._starts = array("q", accumulate(sizes))
        self._nodes = array("q", [0]) * len(tokens)
        free = array("q", self._starts)
        for node in range(len(tokens) - 1, -1, -1):  # a node comes after those in it
            self._nodes[free[tokens[node]]] = node
            free[tokens[node]] += 1

    def of(self, token: int) -> tuple[array[int], int, int]:
        return self._nodes, self._starts[token], self._starts[token + 1]
