"""The connector of docs/connectors.md passes the suite for targets with the driver that stands there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cocoindex.testing import TargetSuite

from .conftest import blocks

if TYPE_CHECKING:
    from .conftest import Folder


def test_it_passes(folder: Folder) -> None:
    test, _ = blocks("python", "## Test it")
    [script] = blocks("sh", "## Test it")
    (folder.path / "test_json_tables.py").write_text(test)
    printed = folder.run(script.split("\n", 1)[1])
    assert (went := re.search(r"^(\d+) passed, (\d+) skipped", printed, re.MULTILINE))
    assert sum(map(int, went.groups())) == sum(name.startswith("test_") for name in dir(TargetSuite))
    assert f"TestJsonTables: Driver: {went[1]} passed; not claimed: equivalent keys, " in printed
