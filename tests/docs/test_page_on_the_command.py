"""The commands of the page on the command line work as they stand, in a folder with an app."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

# The session `docs` runs it: fifteen processes, for a page that says the same on every Python.
pytestmark = pytest.mark.site

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)

APP = """
import pathlib
import cocoindex as coco
from cocoindex.connectors import localfs

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("app.db")
    yield

@coco.fn(memo=True)
async def keep(text, out):
    out.declare_file(text, text)

@coco.fn
async def main():
    out = await localfs.mount_dir_target(pathlib.Path("out"))
    for name in ("a.txt", "one"):
        await coco.mount(coco.component_subpath("files", name), keep, name, out)

app = coco.App("Names", main)
"""


def test_the_commands_work(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    assert len(BLOCKS) >= 6
    # Each block begins in the folder; what is dropped at the end of one is made again.
    script = "\n".join(f"(\n{block}\n)\ncocoindex update -q app.py" for block in BLOCKS)
    # No live update runs, which the page says ends with 1.
    script = script.replace("app.py --live", "app.py --live || [ $? = 1 ]")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environment,
        input="yes\n",
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
