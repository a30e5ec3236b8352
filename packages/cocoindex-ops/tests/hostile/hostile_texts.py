"""Texts that are hard on a parser: its tokens repeated, nested, left open and mixed, and real code cut up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from cocoindex.ops.code import CodeSource

SOURCES = Path(__file__).parents[1] / "text" / "sources"
COMMON = (
    *("a", "1", '"', "'", "`", "\n", " ", "\t", "a b", "a\n", "1.", "\\", "/*", "//", "#", "<", "<a>", "<a ", "</a>"),
    *(
        "(",
        "[",
        "{",
        '"a"',
        "a(",
        "a.",
        "a,",
        "é",
        "$",
        "${",
        "@",
        "?",
        "!",
        "\0",
        "\f",
        "\n ",
        "  \n",
        "-",
        "--",
        "---",
    ),
    *(":", ";", "|", ">", "=", "a:", "a=", "- ", "% ", "a<", "a?", "a<%", "?a:", "=>"),
)
CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">", "<a>": "</a>", "begin": "end", "do": "end", "${": "}", "/*": "*/"}

MARKDOWN = (
    *(
        "#",
        "# a\n",
        "```",
        "```\n",
        "~~~",
        "> ",
        "* ",
        "1. ",
        "    ",
        "\t",
        "`",
        "**",
        "_",
        "![",
        "](",
        "[a]: ",
        "<!--",
    ),
    *(
        "-->",
        "&amp;",
        "| a |",
        "|-|\n",
        "a\n=\n",
        "a\n-\n",
        "\\",
        "<b>",
        "</b>",
        "\n\n",
        "\r\n",
        "[^1]",
        "http://a",
        "\u200d",
    ),
)

Text = tuple[str, Callable[[int], str]]
"""What it is, and how it is made of a number of bytes."""


def make_texts(language: str, count: int, seed: int) -> Iterator[Text]:
    """Yield each token of the grammar, alone and beside a name, and `count` random texts of each other kind."""
    chance = random.Random(f"{language} {seed}")
    tokens = sorted({*tokens_of(language), *COMMON})
    code = source_of(language)
    for token in tokens:
        for piece in (token, join("a", token), f"{token} a\n"):
            yield f"repeat {piece!r}", _repeated(piece)
    for _ in range(count):
        for size in (2, 2, 3, 3, 4, 5):
            piece = join(*chance.choices(tokens, k=size)) + chance.choice(("", "", " ", "\n"))
            yield f"repeat {piece!r}", _repeated(piece)
        start = chance.randrange(len(code))
        piece = code[start : start + chance.choice((3, 10, 30, 100, 1000))]
        yield f"repeat a part of code: {piece[:60]!r}", _repeated(piece)
        opening = chance.choices(tokens, k=chance.choice((1, 2, 3)))
        yield f"nest {''.join(opening)!r}", _nested(opening)
        for make in (_soup, _few_tokens, _lines, _damaged):
            number = chance.randrange(1 << 30)
            yield f"{make.__name__} {number}", make(tokens, code, number)
    yield "code on one line", _repeated(" ".join(code.split()) + " ")


def tokens_of(language: str) -> list[str]:
    """Return the keywords, operators and brackets of a grammar, or what has a meaning in Markdown."""
    if language == "markdown":
        return [*MARKDOWN]
    grammar = CodeSource("", language).tree.language
    kinds = range(grammar.node_kind_count)
    names = [grammar.node_kind_for_id(kind) for kind in kinds if not grammar.node_kind_is_named(kind)]
    return [name for name in names if name and len(name) < 20 and name != "end"]


def source_of(language: str) -> str:
    """Return some code of a language."""
    head, definition, tail = (SOURCES / f"{language}.txt").read_text().split("@@\n")
    return head + "".join(definition.replace("N", str(number)) for number in range(60)) + tail


def join(*tokens: str) -> str:
    """Return tokens side by side, with a blank only where two words would be one."""
    joined = tokens[0]
    for token in tokens[1:]:
        joined += " " if joined[-1:].isalnum() and token[:1].isalnum() else ""
        joined += token
    return joined


def _fit(pieces: Iterator[str], size: int) -> str:
    parts, left = list[str](), size
    while left > 0:
        parts.append(next(pieces))
        left -= max(len(parts[-1].encode()), 1)
    return "".join(parts).encode()[:size].decode(errors="ignore")


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // max(len(piece.encode()), 1) + 1)).encode()[:size].decode(errors="ignore")


def _nested(opening: list[str]) -> Callable[[int], str]:
    begin, end = join(*opening), "".join(CLOSING.get(token, "") for token in reversed(opening))
    return lambda size: begin * (size // max(len((begin + end).encode()), 1)) + end * (size // len(begin + end))


def _soup(tokens: list[str], _code: str, number: int) -> Callable[[int], str]:
    def pieces() -> Iterator[str]:
        chance = random.Random(number)
        while True:
            yield chance.choice(tokens) + chance.choice(("", " ", "\n"))

    return lambda size: _fit(pieces(), size)


def _few_tokens(tokens: list[str], code: str, number: int) -> Callable[[int], str]:
    chance = random.Random(number)
    return _soup(chance.sample(tokens, chance.choice((3, 5, 8))), code, number)


def _lines(_tokens: list[str], code: str, number: int) -> Callable[[int], str]:
    return _soup(code.splitlines(), code, number)


def _damaged(tokens: list[str], code: str, number: int) -> Callable[[int], str]:
    """Code in which characters are missing, tokens are added, and lines stand twice."""

    def make(size: int) -> str:
        chance = random.Random(number)
        text = list(_repeated(code)(size))
        for _ in range(chance.choice((3, 30, 300))):
            at, kind = chance.randrange(len(text)), chance.random()
            if kind < 0.4:
                del text[at : at + chance.choice((1, 3, 20))]
            elif kind < 0.8:
                text[at:at] = chance.choice(tokens)
            else:
                start = chance.randrange(len(text))
                text[at:at] = text[start : start + 200]
        return "".join(text)

    return make
