"""Every block of code on the pages is run by a test, or the page says above it why it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
#: What begins a block for a reader, however it is indented, marked, or quoted, and the rest of its line.
FENCE = re.compile(r"[\s>*+\d.-]*(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)")
WHY = re.compile(r"<!-- not run: (?P<why>[^>]+) -->")
#: What is printed, and what is drawn.
NO_CODE = {"text", "mermaid"}

HOW_TO = "tests/docs/test_how_to_pages.py"
TUTORIAL = "tests/packaging/test_connector_tutorial.py"
#: The blocks that these two take: commands, and files by their titles. All others take a language without more.
FOLLOWED = re.compile(r'sh|sh fails|\w+ title="[^"]+"')
# The blocks of all pages in a folder, or of a page, in these languages are all run by one test.
RUN_IN_FOLDER = {
    "how_to": dict.fromkeys(["python", "sh", "ini"], HOW_TO),
    "ops": {"python": "tests/docs/test_pages_on_operations.py"},
}
RUN = {
    "apps_and_components.md": {"python": "tests/docs/test_page_on_apps.py"},
    "cli.md": {"sh": "tests/docs/test_page_on_the_command.py"},
    "connector_tutorial.md": {"sh": TUTORIAL},
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


class Block(NamedTuple):
    """Where a block begins: the number of the line, the line, what stands behind its marks, and why it is not run."""

    number: int
    line: str
    info: str
    why: str | None

    def is_run_by(self, known: dict[str, str]) -> bool:
        """Whether one of these tests, by language, takes it."""
        test = known.get(self.info.split(" ")[0])
        taken = FOLLOWED.fullmatch(self.info) if test in (HOW_TO, TUTORIAL) else test and " " not in self.info
        # The tests find a block by three marks that begin a line.
        return bool(taken) and self.line == f"```{self.info}"


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page."""
    marks, above = "", ""
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.fullmatch(line)
        if fence and not marks:
            marks = fence["marks"]
            why = WHY.fullmatch(above)
            yield Block(number, line, fence["info"], why and why["why"])
        elif fence and fence["marks"].startswith(marks) and not fence["info"].strip():
            marks = ""
        above = line


def not_run(page: Path) -> Iterator[str]:
    """The lines of blocks that are neither run nor marked."""
    known = RUN_IN_FOLDER.get(page.parent.name, {}) or RUN.get(page.name, {})
    for block in blocks(page.read_text()):
        if block.info not in NO_CODE and not block.why and not block.is_run_by(known):
            yield f"line {block.number}: {block.line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    assert list(not_run(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_what_is_said_to_run_a_block_is_there(page: Path) -> None:
    named = {word for block in blocks(page.read_text()) for word in re.findall(r"[\w./-]*/[\w./-]+", block.why or "")}
    assert [word for word in named if not (ROOT / word).exists() and not (ROOT / "docs" / word).exists()] == []


@pytest.mark.parametrize("page", RUN)
def test_what_runs_them_takes_the_page(page: str) -> None:
    assert (ROOT / "docs" / page).is_file()
    for test in RUN[page].values():
        assert re.search(rf'["/]{re.escape(page)}"', (ROOT / test).read_text())


FENCED = "```{}\nx\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        FENCED.format("sh"),
        FENCED.format("py"),
        FENCED.format(""),
        FENCED.format("python linenums='1'"),
        FENCED.format("python "),
        FENCED.format(" python"),
        FENCED.format("{.python}"),
        "~~~python\nx\n~~~\n",
        "````python\n```\n````\n",
        "- a\n\n    ```python\n    x\n    ```\n",
        "- ```python\n  x\n  ```\n",
        "> ```python\n> x\n> ```\n",
        "<!-- not run: why -->\n\n" + FENCED.format("sh"),
        FENCED.format("text") + FENCED.format("sh"),
    ],
)
def test_a_block_that_no_test_takes_is_found(tmp_path: Path, text: str) -> None:
    page = tmp_path / "sqlite.md"  # its test takes Python
    page.write_text(f"words\n\n{FENCED.format('python')}{text}")
    assert len(list(not_run(page))) == 1


def test_so_is_a_file_without_a_title(tmp_path: Path) -> None:
    (tmp_path / "how_to").mkdir()
    page = tmp_path / "how_to" / "page.md"
    page.write_text(FENCED.format('python title="a.py"') + FENCED.format("sh fails") + FENCED.format("python"))
    assert list(not_run(page)) == ["line 7: ```python"]


@pytest.mark.parametrize("info", ["text", "mermaid", "python"])
def test_others_are_not(tmp_path: Path, info: str) -> None:
    page = tmp_path / "sqlite.md"
    page.write_text(f"<!-- not run: why -->\n{FENCED.format('sh')}{FENCED.format(info)}")
    assert list(not_run(page)) == []
