"""In Chromium, no page scrolls sideways on a phone or asks another host, and the search works without a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
#: How the addresses begin that ask no host.
LOCAL = ("file:", "data:", "blob:", "about:")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # only the session `docs_browser` has it

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "there is no Chromium here: `apt-get install chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_page(browser: Browser, size: dict[str, int], scheme: str) -> tuple[Page, list[str]]:
    """Return a tab, and a list of what it asks other hosts for and of what it reports as errors."""
    complaints: list[str] = []
    options: dict[str, Any] = {"viewport": size, "color_scheme": scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    page.on("request", lambda request: None if request.url.startswith(LOCAL) else complaints.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_page_scrolls_sideways_or_asks_another_host(
    browser: Browser, site: Path, size: dict[str, int], scheme: str
) -> None:
    tab, complaints = open_page(browser, size, scheme)
    pages = sorted(path for path in site.rglob("*.html") if path.name != "404.html")
    if scheme == "dark":  # the layout does not depend on the colours: a few are enough
        pages = [page for page in pages if page.parent == site]
    wide = {}
    for page in pages:
        tab.goto(page.as_uri())
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            wide[page.relative_to(site).as_posix()] = width
    assert (wide, complaints) == ({}, [])


def test_the_drawings_are_drawn(browser: Browser, site: Path) -> None:
    tab, complaints = open_page(browser, PHONE, "light")
    tab.goto((site / "concepts.html").as_uri())
    drawings = tab.locator("div.mermaid")
    drawings.first.wait_for()
    tab.wait_for_function("document.querySelectorAll('pre.mermaid').length == 0")
    assert drawings.count() >= 3
    assert complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("words", "page"), [("rate limit", "rate_limit"), ("deploy systemd", "deploy"), ("migrate", "from_cocoindex")]
)
def test_the_search_works_without_a_server(
    browser: Browser, site: Path, words: str, page: str, size: dict[str, int]
) -> None:
    tab, complaints = open_page(browser, size, "light")
    tab.goto((site / "index.html").as_uri())
    if size == PHONE:
        tab.locator("label.md-header__button[for='__search']").click()
    # As a person types: the search looks at keys.
    tab.locator("input.md-search__input").press_sequentially(words)
    tab.locator(f".md-search-result__link[href*='{page}']").first.wait_for()
    assert complaints == []


@pytest.mark.parametrize(("word", "page"), [("live", "live"), ("memo", "functions"), ("retry", "failures")])
def test_a_page_that_explains_comes_before_the_reference(browser: Browser, site: Path, word: str, page: str) -> None:
    tab, _ = open_page(browser, DESK, "light")
    tab.goto((site / "index.html").as_uri())
    tab.locator("input.md-search__input").press_sequentially(word)
    link = ".md-search-result__item > .md-search-result__link"
    tab.locator(f"{link}[href*='/{page}.html']").first.wait_for()
    found = [str(each.get_attribute("href")) for each in tab.locator(link).all()]
    reference = [number for number, href in enumerate(found) if "/reference/api/" in href]
    explained = next(number for number, href in enumerate(found) if f"/{page}.html" in href)
    assert explained < min(reference, default=len(found))
