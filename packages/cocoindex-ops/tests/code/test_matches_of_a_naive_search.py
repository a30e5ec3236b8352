"""The search skips what it knows to fail; a naive one, which tries everything, finds the same in small sources."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cocoindex.ops.code import CodePattern, CodeSource
from cocoindex.ops.code._compile import compile_pattern
from cocoindex.ops.code._elements import Element, Hole
from cocoindex.ops.code._literal import Literal
from cocoindex.ops.text.syntax_nodes import NONE, SyntaxNodes

SAMPLES = {path.stem: path.read_text() for path in Path(__file__).with_name("samples").glob("*.txt")}
METAVARIABLES = (
    *(r"\(A*\)", r"\B", r"\(C+\)", r"\(D?\)", r"\S", r"\S", r"\*", r"\(R:/\w+/\)", r"\(T*:/\w+/\)", r"\{{ \X \}}"),
    *(r"\{{ \Y \(Z*\) \}}", r"\{ \(V*\) \}", r"\{ \U \(W*\) \}", r"\{{ \(Q?:/[a-z]+/\) \}}"),
)

Names = dict[str, bytes]


class Naive:
    """Tries all ways in which a pattern can match. Literals are words and punctuation, separated by blanks."""

    def __init__(self, nodes: SyntaxNodes) -> None:
        self.nodes = nodes
        self.at = [[node for node, first in enumerate(nodes.first) if first == at] for at in range(len(nodes.texts))]

    def runs(self, elements: Sequence[Element]) -> Iterator[tuple[int, int]]:
        """Yield the first token of each match, and the one behind it."""
        for start in range(len(self.at)):
            ends = {end for end, _ in self.ends(elements, start, len(self.at), {})}
            yield from ((start, end) for end in ends if end in self.siblings(start, len(self.at)))

    def siblings(self, start: int, limit: int, least: int = 1, most: int = 1 << 30, matches: object = None) -> set[int]:
        """Return where consecutive nodes of one parent end that begin at `start`."""
        nodes, ends = self.nodes, set()
        for first in self.at[start] if start < limit else ():
            node, count = first, 0
            while node != NONE and nodes.last[node] < limit and count < most:
                if matches and not matches.fullmatch(nodes.text(nodes.first[node], nodes.last[node])):  # type: ignore[attr-defined]
                    break
                count += 1
                if count >= least:
                    ends.add(nodes.last[node] + 1)
                node = nodes.following[node]
        return ends

    def ends(self, elements: Sequence[Element], at: int, limit: int, names: Names) -> Iterator[tuple[int, Names]]:
        """Yield where the elements end that begin at `at`, with the texts of the metavariables."""
        if not elements:
            yield at, names
            return
        element, *rest = elements
        if isinstance(element, Literal):
            tokens = element.text.split()
            if [*self.nodes.texts[at : min(at + len(tokens), limit)]] == tokens:
                yield from self.ends(rest, at + len(tokens), limit, names)
        elif isinstance(element, Hole):
            ends = self.siblings(at, limit, max(element.least, 1), element.most, element.matches)
            for end in ends | ({at} if element.least == 0 else set()):
                text = self.nodes.text(at, end - 1) if end > at else b""
                if not element.name:
                    yield from self.ends(rest, end, limit, names)
                elif names.get(element.name, text) == text:
                    yield from self.ends(rest, end, limit, names | {element.name: text})
        else:
            for end in self.siblings(at, limit, most=1):
                for start in [at] if element.whole else range(at, end):
                    for inner_end, found in self.ends(element.elements, start, end, names):
                        if inner_end == end if element.whole else inner_end in self.siblings(start, end):
                            yield from self.ends(rest, end, limit, found)


def patterns(nodes: SyntaxNodes, chance: random.Random) -> Iterator[str]:
    """Yield the tokens of some runs of nodes, with metavariables in place of some of the nodes."""
    for _ in range(12):
        node, parts = chance.choice(range(len(nodes.kinds))), list[str]()
        for _ in range(chance.choice((1, 2, 3, 4, 5))):
            text = b" ".join(nodes.texts[nodes.first[node] : nodes.last[node] + 1]).decode()
            parts.append(chance.choice((text, text, chance.choice(METAVARIABLES))))
            if (node := nodes.following[node]) == NONE:
                break
        pattern = " ".join(parts)
        yield chance.choice((pattern, pattern, rf"\(P*\) {pattern}", rf"\{{{{ {pattern} \}}}}", rf"\{{ {pattern} \}}"))


@pytest.mark.parametrize("language", ["javascript", "go", "css"])
def test_all_matches_are_found(language: str) -> None:
    chance, tried = random.Random(language), 0
    for _ in range(9):
        start = chance.randrange(len(SAMPLES[language]))
        text = " ".join(SAMPLES[language][start : start + 60].replace("\\", "").replace('"', "").split())
        source = CodeSource(text, language)
        nodes = source.nodes_as(language)
        if not nodes.texts or any(b" " in token for token in nodes.texts):
            continue
        for pattern in patterns(nodes, chance):
            elements = compile_pattern(pattern, language)
            if any(isinstance(each, Literal) and each.comments for each in elements):
                continue
            tried += 1
            expected = {(nodes.starts[first], nodes.ends[end - 1]) for first, end in Naive(nodes).runs(elements)}
            found = {
                (match.chunks[0].start.byte_offset, match.chunks[0].end.byte_offset)
                for match in CodePattern(pattern, language).match_source(source)
            }
            assert found <= expected, (pattern, text)
            # The longest match of a node may hide others that begin in it.
            hidden = {(start, end) for start, end in expected if any(a <= start < b for a, b in found)}
            assert expected == hidden, (pattern, text)
    assert tried > 40


@pytest.mark.parametrize(
    ("language", "source", "pattern", "expected"),
    [
        ("python", "f(1, [1, 2], 3)", r"\{{ \X \}}, \Y", ["1, 2", "1, [1, 2]"]),
        ("javascript", "f([1, 2], () => 1)", r"\{{ \X \}} \(D?\) () \(Q*\)", ["[1, 2], () => 1"]),
        ("cpp", "void f(T* a = b) {}", r"\{{ \X \}} = \Y", ["* a = b"]),
        (
            "go",
            "{ t.Fatalf(err) }",
            r"\{{ \(P*\) \(D?\).Fatalf \}}",
            ["t.Fatalf", "t.Fatalf(err)", "{ t.Fatalf(err) }"],
        ),
        ("python", "f(a)", r"f(\{{ \(A?:/b/\) \}})", []),
    ],
)
def test_failures_that_depend_on_where_a_nested_pattern_begins_or_ends(
    language: str, source: str, pattern: str, expected: list[str]
) -> None:
    matches = CodePattern(pattern, language).match_source(source)
    assert [match.chunks[0].text for match in matches][: len(expected)] == expected
