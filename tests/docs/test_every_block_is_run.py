"""Every block of code on the pages is run by a test, or the page says above it why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
BLOCK = re.compile(r"^(?P<why><!-- not run: [^>]+ -->\n)?```(?P<language>\w+)", re.MULTILINE)
#: What is printed, and what is drawn.
NO_CODE = {"text", "mermaid"}

HOW_TO = "tests/docs/test_how_to_pages.py"
# The blocks of all pages in a folder, or of a page, in these languages are all run by one test.
RUN_IN_FOLDER = {
    "how_to": dict.fromkeys(["python", "sh", "ini"], HOW_TO),
    "ops": {"python": "tests/docs/test_pages_on_operations.py"},
}
RUN = {
    "apps_and_components.md": {"python": "tests/docs/test_page_on_apps.py"},
    "cli.md": {"sh": "tests/docs/test_page_on_the_command.py"},
    "connector_tutorial.md": {"sh": "tests/packaging/test_connector_tutorial.py"},
    "connectors.md": {"python": "tests/connectors_page/conftest.py", "sh": "tests/connectors_page/conftest.py"},
    "duckdb.md": {"python": "tests/docs/test_page_on_duckdb.py"},
    "environments.md": {"python": "tests/docs/test_pages_on_running.py"},
    "functions.md": {"python": "tests/docs/test_pages_on_functions.py"},
    "getting_started.md": {"python": HOW_TO, "sh": HOW_TO},
    "live.md": {"python": "tests/docs/test_page_on_live_mode.py"},
    "plugins.md": dict.fromkeys(["python", "sh", "toml"], "tests/packaging/test_plugins_page.py"),
    "progress.md": {"python": "tests/docs/test_pages_on_running.py"},
    "resources.md": {"python": "packages/cocoindex-resources/tests/test_documentation_examples.py"},
    "runners.md": {"python": "tests/docs/test_pages_on_functions.py"},
    "s3.md": {"python": "tests/docs/test_page_on_s3.py"},
    "serialization.md": {"python": "tests/docs/test_pages_on_functions.py"},
    "sqlite.md": {"python": "tests/docs/test_page_on_sqlite.py"},
    "time_and_errors.md": {"python": "tests/docs/test_pages_on_running.py"},
}


def not_run(page: Path) -> Iterator[str]:
    """The lines of blocks that are neither run nor marked."""
    text = page.read_text()
    known = RUN_IN_FOLDER.get(page.parent.name, {}) or RUN.get(page.name, {})
    for block in BLOCK.finditer(text):
        if block["language"] not in NO_CODE and block["language"] not in known and not block["why"]:
            yield f"line {text[: block.start()].count(chr(10)) + 1}: {block[0]}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    assert list(not_run(page)) == []


@pytest.mark.parametrize("page", RUN)
def test_what_runs_them_is_there(page: str) -> None:
    assert (ROOT / "docs" / page).is_file()
    for test in RUN[page].values():
        assert (ROOT / test).is_file()
