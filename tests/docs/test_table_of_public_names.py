"""docs/public_names.md leads from each public name of cocoindex 1.0.26 to where it is described here."""

from __future__ import annotations

import pathlib
import re

import pytest

import cocoindex as coco

DOCS = pathlib.Path(__file__).parents[2] / "docs"
PEER_NAMES = (pathlib.Path(__file__).parent / "names_of_1_0_26.txt").read_text().split()
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", (DOCS / "public_names.md").read_text(), re.MULTILINE))


def test_the_table_has_all_names_of_the_peer() -> None:
    assert len(PEER_NAMES) == 91
    assert ROWS.keys() == {*PEER_NAMES}


def test_all_names_are_here() -> None:
    assert [name for name in PEER_NAMES if not hasattr(coco, name)] == []


@pytest.mark.parametrize("name", PEER_NAMES)
def test_the_page_speaks_of_the_name(name: str) -> None:
    link = re.fullmatch(r"\[[^]]+\]\((\w+\.md)(?:#([\w-]+))?\)", ROWS[name])
    assert link is not None
    page, anchor = link.groups()
    text = (DOCS / page).read_text()
    assert re.search(rf"\b{name}\b", text), f"{page} does not name it"
    assert anchor is None or anchor in map(anchor_of, re.findall(r"^#+ (.*)$", text, re.MULTILINE))


def anchor_of(heading: str) -> str:
    """What GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
