"""Each page of the API reference begins with what the module is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.site


def test_the_first_sentence_of_the_module_is_below_the_title(site: Path) -> None:
    pages = sorted(site.glob("reference/api/*.html"))
    assert len(pages) > 50
    assert [page.name for page in pages if not re.search(r"</h1>\s*<p>\S", page.read_text(encoding="utf-8"))] == []
    assert "SQLite tables as sources" in (site / "reference/api/cocoindex_connectors_sqlite.html").read_text("utf-8")
