"""A syntax tree as plain lists: its tokens in order, and its nodes by the tokens that they hold. Ops layer.

Comments and what is empty are left out, so that neither matters to a pattern.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_TOKEN = re.compile(rb"\w+|[^\w\s]")
_BLANK = re.compile(rb"(?:\s|\\\r?\n)*")  # a backslash joins lines
NONE = -1


class SyntaxNodes:
    """The tokens and nodes of one tree; both are known by their numbers, nodes in post-order.

    Attributes:
        texts, starts, ends: of each token, its bytes and where it lies.
        token_kinds: of each token, the kind of its node.
        holders: of each token, the smallest node that holds it, itself included.
        first, last: of each node, its first and last token.
        kinds, named, parents, following: of each node, its kind, whether it is named in the grammar, its parent and
            the next of its siblings (`NONE` where there is none).
    """

    def __init__(self, tree: Tree, data: bytes) -> None:
        self._data = data
        self.texts: list[bytes] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.token_kinds: list[str] = []
        self.holders: list[int] = []
        self.first: list[int] = []
        self.last: list[int] = []
        self.kinds: list[str] = []
        self.named: list[bool] = []
        self.parents: list[int] = []
        self.following: list[int] = []
        self._add(tree.root_node)

    def _add(self, root: Node) -> None:
        """Walk the tree without recursion, as trees may be deeper than Python's stack."""
        top = _Open(root, self._children(root), 0)
        if not top.waiting:
            self._add_leaf(root, [])
            return
        path = [top]
        while path:
            here = path[-1]
            waiting, below = here.waiting, here.below
            while waiting:
                node = waiting.pop()
                if here.broken:
                    self._skipped(here.at, node.start_byte)
                    here.at = node.end_byte
                if node.is_extra and not node.is_error:  # a comment
                    continue
                children = self._children(node)
                if children:
                    path.append(_Open(node, children, len(self.texts)))
                    break
                self._add_leaf(node, below)
            else:
                self._leave(path)

    def _leave(self, path: list[_Open]) -> None:
        here = path.pop()
        if here.broken:
            self._skipped(here.at, here.node.end_byte)
        first, last = here.first, len(self.texts) - 1
        if last < first:
            return
        number = self._number(here.node, first, last, path[-1].below if path else [])
        parents = self.parents
        for child in here.below:
            parents[child] = number
        if here.broken:
            for token in range(first, last + 1):
                if self.holders[token] == NONE:
                    self.holders[token] = number

    def _add_leaf(self, node: Node, siblings: list[int]) -> None:
        start, end = node.start_byte, node.end_byte
        if end > start:
            token = len(self.texts)
            self._token(start, end, node.type)
            self.holders[token] = self._number(node, token, token, siblings)

    def _number(self, node: Node, first: int, last: int, siblings: list[int]) -> int:
        """The number of a new node, the last of its siblings."""
        number = len(self.kinds)
        self.kinds.append(node.type)
        self.named.append(node.is_named)
        self.first.append(first)
        self.last.append(last)
        self.parents.append(NONE)
        self.following.append(NONE)
        if siblings:
            self.following[siblings[-1]] = number
        siblings.append(number)
        return number

    def _children(self, node: Node) -> list[Node]:
        """The children; none where they leave out part of the text, as those of some string literals do."""
        children = node.children
        if not children or node.is_error or node.has_error:
            return children
        at = node.start_byte
        for child in children:
            if child.start_byte != at and not self._is_blank(at, child.start_byte):
                return []
            at = child.end_byte
        return children if at == node.end_byte or self._is_blank(at, node.end_byte) else []

    def _is_blank(self, start: int, end: int) -> bool:
        return _BLANK.fullmatch(self._data, start, end) is not None

    def _token(self, start: int, end: int, kind: str) -> None:
        self.texts.append(self._data[start:end])
        self.starts.append(start)
        self.ends.append(end)
        self.token_kinds.append(kind)
        self.holders.append(NONE)

    def _skipped(self, start: int, end: int) -> None:
        """Take the text that a parser passed over for tokens of their own."""
        for found in _TOKEN.finditer(self._data, start, end):
            self._token(found.start(), found.end(), "ERROR")

    @cached_property
    def beginning(self) -> list[list[int]]:
        """Of each token, the nodes that begin with it, the largest first."""
        found: list[list[int]] = [[] for _ in self.texts]
        for number in range(len(self.kinds) - 1, -1, -1):
            found[self.first[number]].append(number)
        return found

    @cached_property
    def places(self) -> dict[bytes, list[int]]:
        """The tokens with each text, in order."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        for token, text in enumerate(self.texts):
            found[text].append(token)
        return found

    def is_run(self, first: int, last: int) -> bool:
        """Whether these tokens, from first to last, are what nodes hold that follow each other under one parent."""
        for node in self.beginning[first]:
            if self.last[node] <= last:  # the largest that fits: those in it reach no farther
                while node != NONE and self.last[node] < last:
                    node = self.following[node]
                return node != NONE and self.last[node] == last
        return True  # a token that the parser passed over

    def text(self, first: int, last: int) -> bytes:
        """What stands between two tokens, these included."""
        return self._data[self.starts[first] : self.ends[last]]


class _Open:
    """A node that is being walked through: its children that are still to come, and the numbers of those that came."""

    __slots__ = ("at", "below", "broken", "first", "node", "waiting")

    def __init__(self, node: Node, children: list[Node], first: int) -> None:
        self.node = node
        self.waiting = children[::-1]
        self.first = first
        self.below: list[int] = []
        self.at = node.start_byte
        self.broken = node.is_error or node.has_error
