"""What the pages say to install is in the folder of wheels that they tell of; README's small app runs on it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.packaging.conftest import run

if TYPE_CHECKING:
    from tests.packaging.conftest import Env

pytestmark = pytest.mark.distributions

ROOT = Path(__file__).resolve().parents[2]
INSTALL = re.compile(r"pip install (--find-links wheelhouse [^`\n]*)")


def lines_of_pages() -> list[str]:
    """What follows `pip install` on all pages, each line once."""
    pages = [page for pattern in ("*.md", "docs/*.md", "*/*/README.md") for page in ROOT.glob(pattern)]
    return sorted({line for page in pages for line in INSTALL.findall(page.read_text())})


def test_every_line_finds_what_it_names(wheelhouse: Path, env: Env) -> None:
    lines = lines_of_pages()
    assert len(lines) > 5
    for line in lines:
        uv = (sys.executable, "-m", "uv", "pip", "install", "--dry-run", "--python", env.python)
        run(*uv, *shlex.split(line), cwd=wheelhouse)


def test_the_small_app_runs_after_readmes_commands(wheelhouse: Path, tmp_path: Path) -> None:
    readme = (wheelhouse / "README.md").read_text()
    section = readme.partition("## A small app")[2].partition("\n## ")[0]
    (install,) = INSTALL.findall(section)
    code = re.search(r"```python\n(# shout\.py\n.*?)```", section, re.DOTALL)
    assert code is not None
    (tmp_path / "shout.py").write_text(code[1])
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.txt").write_text("one")

    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    subprocess.run([tmp_path / "env/bin/pip", "install", "-q", *shlex.split(install)], cwd=wheelhouse, check=True)
    subprocess.run([tmp_path / "env/bin/cocoindex", "update", "shout.py"], cwd=tmp_path, check=True)

    assert (tmp_path / "shouted" / "one.txt").read_text() == "ONE"
