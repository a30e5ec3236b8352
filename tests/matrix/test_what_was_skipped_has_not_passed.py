"""A cell that was skipped is told with its reason, on the page and at the end, and one that failed fails it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_repository import Repository

from matrix.__main__ import exit_code
from matrix.cells import Cell
from matrix.outcome import Outcome, Result
from matrix.page import page
from matrix.run import run_cells
from matrix.supplies import Supplies

PASSED = Result(Cell("install", "cocoindex-ops", "3.11"), Outcome.PASSED)
FAILED = Result(Cell("install", "cocoindex-ops", "3.12"), Outcome.FAILED, "imports: ImportError")
SKIPPED = Result(Cell("install", "cocoindex-ops", "3.14"), Outcome.SKIPPED, "there is no Python 3.14 here")
REFUSED = Result(Cell("released", "cocoindex-ops", "3.11"), Outcome.REFUSED, "uv: cocoindex-ops 0.1 needs another core")


@pytest.fixture
def supplies(repository: Repository, tmp_path: Path) -> Supplies:
    """Return what cells share; its Python 3.12 is a file that is none."""
    return Supplies(repository.root, tmp_path, {"3.11": Path(sys.executable), "3.12": tmp_path / "nothing"})


def test_the_page_tells_what_was_skipped_and_why() -> None:
    text = page([PASSED, FAILED, SKIPPED, REFUSED], {"3.11": "3.11.7", "3.12": "3.12.1"}, {})
    assert "4 cells: 1 passed, 1 failed, 1 refused, 1 skipped." in text
    assert "| cocoindex-ops | 1 passed | 1 failed |\n" in text  # no column for a Python that is not here
    assert "## Skipped\n\n- there is no Python 3.14 here: `install cocoindex-ops python=3.14" in text
    assert "## Failed\n\n- imports: ImportError: `install cocoindex-ops python=3.12" in text
    assert "## Refused\n\n- uv: cocoindex-ops 0.1 needs another core: `released cocoindex-ops" in text


@pytest.mark.parametrize(
    ("results", "absent", "code"),
    [
        ([PASSED], [], 0),
        ([PASSED, SKIPPED], [], 0),
        ([PASSED, REFUSED], [], 0),
        ([PASSED, FAILED], [], 1),
        ([PASSED, SKIPPED], ["3.13"], 1),
        ([SKIPPED], [], 1),
    ],
)
def test_the_session_fails_where_something_failed_or_nothing_ran(
    results: list[Result], absent: list[str], code: int
) -> None:
    assert exit_code(results, absent) == code


def test_a_failed_cell_keeps_no_other_from_running(supplies: Supplies) -> None:
    cells = [
        Cell("install", "cocoindex-ops", "3.14"),
        Cell("bounds", "all", "3.12", "oldest"),
        Cell("released", "cocoindex-ops", "3.11"),
        Cell("released-core", "cocoindex-ops", "3.11"),
    ]
    heard: list[Cell] = []
    results = run_cells(cells, supplies, lambda result: heard.append(result.cell))
    assert [(result.outcome, result.why) for result in results if result.outcome is Outcome.SKIPPED] == [
        (Outcome.SKIPPED, "there is no Python 3.14 here"),
        (Outcome.SKIPPED, "cocoindex-ops was never released: no tag cocoindex-ops-VERSION"),
        (Outcome.SKIPPED, "cocoindex-core was never released: no tag cocoindex-core-VERSION"),
    ]
    assert results[1].outcome is Outcome.FAILED
    assert sorted(heard) == sorted(cells)


def test_reasons_name_no_places_of_this_machine(supplies: Supplies) -> None:
    [result] = run_cells([Cell("bounds", "all", "3.12", "oldest")], supplies, lambda _: None)
    assert str(supplies.folder) not in result.why
