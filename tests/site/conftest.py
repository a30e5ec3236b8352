"""The built site, which the sessions `docs` and `docs_browser` build before they run these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    assert (SITE / "index.html").is_file(), "the site is not built: run `nox -s docs`"
    return SITE
