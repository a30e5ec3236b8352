"""Headings and fenced code are what CommonMark says they are: not code in a line, comments, front matter."""

from __future__ import annotations

import pytest

from cocoindex.ops.text import RecursiveSplitter

WORDS = "Some words of running text.\n\n" * 4
PARTS = f"## B\n\n{WORDS}## C\n\n{WORDS}"


def first_lines(text: str, size: int = 150) -> list[str]:
    return [chunk.text.split("\n")[0] for chunk in RecursiveSplitter().split(text, size, language="markdown")]


@pytest.mark.parametrize(
    "before",
    [
        "```npm i x```",
        "``` a `b` ```",
        "```\n```py\nx\n```",
        "```\n~~~\nx\n```",
        "~~~\n```\nx\n~~~",
        "~~~ a `b` ~~~\nx\n~~~",
        "````\n```\nx\n````",
        "```\nx\n```` ",
        "```\r\nx\r\n```\r",
        "- a\n  ```\n  x\n  ```",
        "- a\n\n      x",
        "1. a\n\n   ```\n   x\n   ```",
        "- ```\n  x\n  ```",
        "- - ```\n    x\n    ```",
        "- a\n\n  ```\n  not closed",
        "> ```\n> x\n> ```",
        "> ```\n> not closed",
        "    ```\n    x",
        "<!-- x -->",
        "<!--\n```\n-->",
        "<!-- not closed",
        "<pre>\n\n# no\n\n</pre>",
        "---\nwords: and more\n\n---",
        "> # no\n\n- # no\n\n  # no",
    ],
)
def test_headings_after_it_are_found(before: str) -> None:
    assert first_lines(f"# A\n\n{before}\n\n{WORDS}{PARTS}")[-2:] == ["## B", "## C"]


@pytest.mark.parametrize(
    "hidden",
    [
        "```\n# no\n```py\n# no\n```",
        "```\n# no\n``\n# no\n ```",
        "~~~ `a`\n# no\n```\n# no\n~~~",
        "<!--\n# no\n\n# no\n-->",
        "- a\n\n   ```\n   # no\n   ```",
        "> ```\n> # no\n> ```",
        "> - ```\n>   # no\n>\n>   # no\n>   ```",
        "1. a\n\n   - b\n\n     ~~~\n     # no\n     ```\n     # no\n     ~~~",
        "<pre>\n# no\n\n# no\n</pre>",
        "<details>\n# no\n# no\n</details>",
        "> # no\n\n- # no\n\n  # no",
        "-\n\n      # no\n\n      # no",
    ],
)
def test_what_is_no_heading(hidden: str) -> None:
    found = first_lines(f"{WORDS}{hidden}\n\nwords\n\n{PARTS}", 100)
    assert "# no" not in [line.strip(" >") for line in found]


@pytest.mark.parametrize(("opens", "mark"), [("---", "---"), ("+++", "+++"), ("--- yaml", "---"), ("---toml", "---")])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_is_no_heading(opens: str, mark: str, end: str) -> None:
    keys = "".join(f"key{i}: some longer value of this key\n" for i in range(6))
    text = f"{opens}\ntitle: a\n{keys}date: 2024\n{mark}\n\n{WORDS * 3}".replace("\n", end)
    assert not first_lines(text, 400)[1].startswith("date")


@pytest.mark.parametrize("underline", ["===", "---"])
def test_a_heading_of_several_lines(underline: str) -> None:
    title = f"A title that is rather long and\ngoes on in a second line\n{underline}\n\n"
    assert first_lines(f"{WORDS}{title}{WORDS}", 200) == [
        "Some words of running text.",
        "A title that is rather long and",
    ]


@pytest.mark.parametrize("above", ["# One", "One\n===", "---", "```\nx\n```", "[a]: /b 'c'", "<!-- a -->"])
def test_an_underlined_heading_right_below_something_else(above: str) -> None:
    text = f"{WORDS}{above}\nTwo\n---\n{WORDS}"
    chunks = RecursiveSplitter().split(text, 135, min_chunk_size=len(WORDS) + 2, language="markdown")
    assert chunks[-1].text.startswith("Two")


@pytest.mark.parametrize("begin", ["\ufeff", "---\n# no\nkey: >\n  ---\n---\n", "+++\n...\n+++\n", "---\na: b\n...\n"])
def test_what_stands_before_the_text(begin: str) -> None:
    assert first_lines(f"{begin}# A\n\n{WORDS}{PARTS}")[-2:] == ["## B", "## C"]


@pytest.mark.parametrize("above", ["- an item\n  goes on", "> a quote\ngoes on", "    code\n    more", "| a |\n|---|"])
def test_a_break_below_something_else_is_no_heading(above: str) -> None:
    text = f"{WORDS[:-1]}{above}\n---\n\n{WORDS}## B\n\n{WORDS}"
    assert first_lines(text, 300)[-1] == "## B"


def test_a_fence_in_a_list_stays_whole() -> None:
    item = "- item text " + "word " * 20 + "\n\n    ```sh\n    one\n\n    two\n\n    three\n    ```\n\n"
    chunks = RecursiveSplitter().split(item + "- more " + "word " * 30, 150, language="markdown")
    assert [chunk.text.count("```") for chunk in chunks][:2] == [0, 2]


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<pre>\n",
        "[a]: /b\n=\n",
        "<a b",
        "> - ",
        "|---",
        "```\n",
        "- ",
        "> ",
        "    ```\n",
        "- a\n  ```\n",
        "a\n---\n",
        "\n===",
        "1. ",
    ],
)
def test_the_same_piece_many_times(piece: str) -> None:
    chunks = RecursiveSplitter().split(piece * 5_000, 1000, language="markdown")
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join((piece * 5_000).split())
