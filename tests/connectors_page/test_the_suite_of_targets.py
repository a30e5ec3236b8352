"""The connector of docs/connectors.md passes the suite for targets with the driver that stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cocoindex.testing import TargetSuite

from .conftest import blocks

if TYPE_CHECKING:
    from .conftest import Folder

SKIPPED = 4
"""Tests of items that others put there, and of keys that the target calls equal: the page's driver says neither."""


def test_it_passes(folder: Folder) -> None:
    test = blocks("python", "## Test it")[0]
    [script] = blocks("sh", "## Test it")
    (folder.path / "test_json_tables.py").write_text(test)
    printed = folder.run(script.split("\n", 1)[1])
    tests = sum(name.startswith("test_") for name in dir(TargetSuite))
    assert f"{tests - SKIPPED} passed, {SKIPPED} skipped" in printed
