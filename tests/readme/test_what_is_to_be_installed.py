"""Every page says how to install so that pip finds it: from a folder of wheels, and what that is, or from a clone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pages() -> Iterator[Path]:
    """The pages that users read."""
    for pattern in ("README.md", "docs/*.md", "packages/*/README.md", "examples/*/README.md"):
        yield from ROOT.glob(pattern)


@pytest.mark.parametrize("page", sorted(pages()), ids=lambda page: str(page.relative_to(ROOT)))
def test_our_distributions_come_from_a_folder_of_wheels(page: Path) -> None:
    text = page.read_text()
    for line in re.findall(r'pip install [^`\n]*"cocoindex-[^`\n]*', text):
        assert "--find-links wheelhouse" in line, line
    named = text.find("--find-links wheelhouse")
    assert named < 0 or "wheels" in text[:named] or "wheels" in text[named : named + 200]
