"""Sections of a CHANGELOG are found, get a version, and gain lines; all else stays as it was."""

from __future__ import annotations

from datetime import date

import pytest

from release.changelog import renamed, section_of, sections, with_line

CHANGELOG = """# Changelog of cocoindex-ops

## Unreleased

- New.
  More of it.

## 0.2.0 (2026-01-31)

### Added

- Old.

## 0.1.0

First version.
"""


def test_sections_are_read() -> None:
    assert [(each.version, each.text) for each in sections(CHANGELOG)] == [
        ("Unreleased", "- New.\n  More of it."),
        ("0.2.0", "### Added\n\n- Old."),
        ("0.1.0", "First version."),
    ]
    assert section_of(CHANGELOG, "0.3.0") is None
    assert sections("# Changelog\n") == []


@pytest.mark.parametrize("marks", ["<!-- {} -->", "```md\n{}\n```", "~~~\n{}"])
def test_what_looks_like_a_heading_in_a_comment_or_code_is_none(marks: str) -> None:
    changelog = CHANGELOG.replace("First version.", marks.format("older\n## 0.0.1\n\n- Older."))
    assert [each.version for each in sections(changelog)] == ["Unreleased", "0.2.0", "0.1.0"]
    assert sections(changelog)[2].text == changelog.partition("## 0.1.0")[2].strip()


@pytest.mark.parametrize("marks", ["    ```md\n{}", "<!--\n{}", "````md\n```\n{}\n```\n````", "  ```\n{}\n  ```"])
def test_so_where_the_marks_are_longer_indented_or_without_an_end(marks: str) -> None:
    changelog = CHANGELOG.replace("First version.", marks.format("## 0.0.1\n\n- Older."))
    found = ["Unreleased", "0.2.0", "0.1.0"]
    # Four spaces make a block of their own, so that the marks mean nothing.
    assert [each.version for each in sections(changelog)] == (found + ["0.0.1"] * marks.startswith("    "))


@pytest.mark.parametrize("heading", ["##  0.2.0", "##\t0.2.0", "   ## 0.2.0", "## [0.2.0]", "## 0.2.0 ##", "## 0.2"])
def test_a_heading_is_found_however_it_is_written(heading: str) -> None:
    found = section_of(CHANGELOG.replace("## 0.2.0 (2026-01-31)", heading), "0.2.0")
    assert found is not None
    assert found.text == "### Added\n\n- Old."


def test_a_line_stays_out_of_code() -> None:
    changelog = CHANGELOG.replace("  More of it.\n", "\n  ```\n## Unreleased\n  ```\n")
    assert with_line(changelog, "- Another.") == changelog.replace("  ```\n\n##", "  ```\n- Another.\n\n##")


def test_a_section_gets_its_version() -> None:
    section = section_of(CHANGELOG, "Unreleased")
    assert section is not None
    expected = CHANGELOG.replace("## Unreleased", "## 0.3.0 (2026-02-28)")
    assert renamed(CHANGELOG, section, "0.3.0", date(2026, 2, 28)) == expected


def test_a_line_is_added() -> None:
    assert with_line(CHANGELOG, "- Another.") == CHANGELOG.replace("  More of it.\n", "  More of it.\n- Another.\n")


def test_a_line_is_added_to_a_new_section() -> None:
    released = CHANGELOG.replace("## Unreleased\n\n- New.\n  More of it.\n\n", "")
    expected = released.replace("## 0.2.0", "## Unreleased\n\n- Another.\n\n## 0.2.0")
    assert with_line(released, "- Another.") == expected
    assert with_line("# Changelog\n", "- One.") == "# Changelog\n\n## Unreleased\n\n- One.\n"
