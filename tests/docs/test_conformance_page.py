"""docs/conformance.md reports on the driver of each suite that our connectors have, and none of them fails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "conformance.md").read_text()

DRIVERS = [
    (match[1], driver)
    for file in sorted(ROOT.glob("packages/cocoindex-connectors-*/tests/**/*suite*.py"))
    if (match := re.search(r'^    connector = "(.*)"$', file.read_text(), re.MULTILINE))
    for driver in re.findall(r"def driver\(.*\) -> (?:Iterator\[)?(\w+)", file.read_text())
]


def test_there_are_some_for_each_connector() -> None:
    connectors = {
        path.name.removeprefix("cocoindex-connectors-") for path in ROOT.glob("packages/cocoindex-connectors-*")
    }
    assert {connector.rpartition(".")[2].replace("_", "-") for connector, _ in DRIVERS} == connectors


@pytest.mark.parametrize(("connector", "driver"), DRIVERS)
def test_it_is_reported_on(connector: str, driver: str) -> None:
    assert f"\n## {connector}: {driver}\n" in PAGE


def test_all_pass() -> None:
    assert not re.search(r"\d+ (failed|warned)", PAGE)
