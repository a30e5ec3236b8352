"""The commands of docs/connectors.md do with its connector what stands beside them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .conftest import blocks

if TYPE_CHECKING:
    from .conftest import Folder


def test_each_of_them(folder: Folder) -> None:
    [script] = blocks("sh", "## A complete example")
    prepare, *commands = script.split("cocoindex ", 1)[0], *script.splitlines()[3:]
    table = folder.path / "tables" / "counts.json"
    folder.run(prepare)
    first, remove, preview, second, drop = commands
    folder.run(first)
    rows = {"a.txt": {"words": 2}, "b.txt": {"words": 3}}
    assert json.loads(table.read_text()) == {"columns": ["words"], "rows": rows}
    folder.run(remove)
    printed = folder.run(preview)
    assert "key='b.txt', row=None" in printed
    assert json.loads(table.read_text())["rows"] == rows
    folder.run(second)
    assert json.loads(table.read_text())["rows"] == {"a.txt": {"words": 2}}
    folder.run(drop)
    assert not table.exists()
    assert list(table.parent.iterdir()) == []
