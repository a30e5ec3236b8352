"""Every link of the built site leads to a page and an anchor that are there; nothing is loaded from elsewhere."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytestmark = pytest.mark.site

#: What a browser loads by itself.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


@dataclass
class Parsed(HTMLParser):
    """The links, the anchors and the loaded addresses of a page."""

    links: set[str] = field(default_factory=set)
    anchors: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if name == "id":
                self.anchors.add(value)
            elif (tag, name) in LOADED and not (tag == "link" and ("rel", "canonical") in attrs):
                self.loaded.add(value)
            elif (tag, name) == ("a", "href"):
                self.links.add(value)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Parsed]:
    """All pages of the site."""
    parsed = {}
    for path in site.rglob("*.html"):
        parsed[path] = Parsed()
        parsed[path].feed(path.read_text())
    return parsed


def is_foreign(link: str) -> bool:
    parts = urllib.parse.urlsplit(link)
    return bool(parts.scheme or parts.netloc)


def broken(page: Path, pages: dict[Path, Parsed]) -> list[str]:
    """The links of a page to what is not there."""
    found = []
    for link in pages[page].links:
        if is_foreign(link) or link == "#":
            continue
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors):
            found.append(link)
    return sorted(found)


def test_there_are_pages_of_all_kinds(site: Path, pages: dict[Path, Parsed]) -> None:
    names = {path.relative_to(site).as_posix() for path in pages}
    assert {"functions.html", "reference/cli.html", "reference/api/cocoindex.html"} <= names
    assert len(names) > 80


def test_every_link_leads_somewhere(site: Path, pages: dict[Path, Parsed]) -> None:
    # The page for what is not found has absolute links.
    checked = [page for page in pages if page != site / "404.html"]
    assert {str(page.relative_to(site)): links for page in checked if (links := broken(page, pages))} == {}


def test_nothing_is_loaded_from_another_host(site: Path, pages: dict[Path, Parsed]) -> None:
    assert {str(page): links for page in pages if (links := set(filter(is_foreign, pages[page].loaded)))} == {}


def test_every_block_of_code_is_one(site: Path, pages: dict[Path, Parsed]) -> None:
    assert [str(page) for page in pages if "<p>```" in page.read_text()] == []
