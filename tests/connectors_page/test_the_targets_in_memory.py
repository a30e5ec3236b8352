"""The target in memory of docs/connectors.md records what the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import blocks

if TYPE_CHECKING:
    from .conftest import Folder

RUN = """
from pathlib import Path


@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = Path("recorded.db")
    yield


check(coco.App("Recorded", main))
print("checked")
"""


def test_the_example_runs(folder: Folder) -> None:
    _, program = blocks("python", "## Test it")
    (folder.path / "recorded.py").write_text(program + RUN)
    assert folder.run("python recorded.py") == "checked\n"
