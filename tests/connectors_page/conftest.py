"""docs/connectors.md, taken apart: its connector and its program in a folder, and its commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "connectors.md"


def blocks(language: str, heading: str) -> list[str]:
    """The blocks of one language below a heading, up to the next heading of the same rank or a higher one."""
    rank = heading.split(" ")[0]
    section = re.split(rf"^#{{1,{len(rank)}}} ", PAGE.read_text().split(f"\n{heading}\n")[1], flags=re.MULTILINE)[0]
    return blocks_of(section, language)


def blocks_of(text: str, language: str) -> list[str]:
    """The blocks of one language, but for those that are marked as not run."""
    return re.findall(rf"^(?<! -->\n)```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Folder:
    """Where the program of the page is."""

    path: Path

    def run(self, script: str) -> str:
        """Run a shell script in the folder; return what it printed."""
        env = os.environ | {
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            # Each pytest would import these for as long as all else of its start takes.
            "PYTEST_ADDOPTS": "-p no:hypothesispytest -p no:anyio",
        }
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=self.path, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def text(self, name: str, text: str) -> None:
        """Write one of the texts whose words are counted."""
        (self.path / "texts").mkdir(exist_ok=True)
        (self.path / "texts" / name).write_text(text)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with `json_tables.py` and `app.py` of the page."""
    *connector, program = blocks("python", "## A complete example")
    (tmp_path / "json_tables.py").write_text("\n\n".join(connector))
    (tmp_path / "app.py").write_text(program)
    return Folder(tmp_path)
