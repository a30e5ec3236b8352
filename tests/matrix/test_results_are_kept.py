"""What became of a cell is kept until it runs again, so that a few cells can run at a time, and the page tells all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matrix.cells import Cell
from matrix.kept import Kept, read_kept, write_kept
from matrix.outcome import Outcome, Result
from matrix.page import page

OPS, CORE, S3 = (Cell("tests", f"cocoindex-{name}", "3.11", "oldest") for name in ("ops", "core", "s3"))
PASSED = Result(OPS, Outcome.PASSED, "with a newer click", day="2026-01-31")
FAILED = Result(CORE, Outcome.FAILED, "its tests: 1 failed", day="2026-02-01")
SKIPPED = Result(OPS, Outcome.SKIPPED, "takes many minutes")


def written(folder: Path, kept: Kept) -> Kept:
    write_kept(kept, folder / "results.json")
    return read_kept(folder / "results.json")


def test_nothing_is_known_of_what_never_ran(tmp_path: Path) -> None:
    [result] = read_kept(tmp_path / "results.json").of([OPS])
    assert (result.outcome, result.why) == (Outcome.SKIPPED, "has not run yet")


def test_what_ran_earlier_stays(tmp_path: Path) -> None:
    kept = Kept()
    kept.take([PASSED, replace(SKIPPED, cell=CORE)], {"3.11": "3.11.7"}, {("3.11", "oldest"): {"click": "8.1.0"}})
    kept = written(tmp_path, kept)
    kept.take([SKIPPED, FAILED], {"3.12": "3.12.1"}, {("3.12", "oldest"): {"click": "8.1.0"}})
    kept = written(tmp_path, kept)
    assert kept.of([OPS, CORE]) == [PASSED, FAILED]
    assert kept.pythons == {"3.11": "3.11.7", "3.12": "3.12.1"}
    assert kept.versions == {("3.11", "oldest"): {"click": "8.1.0"}, ("3.12", "oldest"): {"click": "8.1.0"}}


def test_what_runs_again_takes_its_place(tmp_path: Path) -> None:
    kept = Kept()
    kept.take([PASSED], {}, {})
    kept = written(tmp_path, kept)
    kept.take([replace(FAILED, cell=OPS)], {}, {})
    assert [result.outcome for result in written(tmp_path, kept).of([OPS])] == [Outcome.FAILED]


def test_cells_that_are_no_more_are_forgotten(tmp_path: Path) -> None:
    kept = Kept()
    kept.take([PASSED, FAILED], {}, {})
    kept.of([CORE])
    assert list(written(tmp_path, kept).results) == [str(CORE)]


def test_the_page_tells_when_cells_ran_last() -> None:
    text = page([PASSED, FAILED, replace(SKIPPED, cell=S3)], {"3.11": "3.11.7"}, {})
    assert "\nLast run: 2026-01-31 to 2026-02-01.\n" in text
    assert "\nLast run: 2026-01-31.\n" in page([PASSED], {"3.11": "3.11.7"}, {})
    assert "Last run" not in page([SKIPPED], {"3.11": "3.11.7"}, {})
