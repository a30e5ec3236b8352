"""The drivers of a target without containers and of a source, as docs/connectors.md has them, pass their suites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import blocks

if TYPE_CHECKING:
    from .conftest import Folder


@pytest.mark.parametrize("number", [0, 1], ids=["target", "source"])
def test_it_passes(folder: Folder, number: int) -> None:
    target, source = blocks("python", "## The suites")
    (folder.path / "test_driver.py").write_text((target, source)[number])
    printed = folder.run("pytest -q test_driver.py")
    assert " passed" in printed and not re.search(r"\d failed", printed)


def test_the_driver_of_a_target_is_short() -> None:
    code = blocks("python", "## The suites")[0]
    driver = code.split("class Driver")[1].split("\n\n\n")[0]
    assert len(driver.splitlines()) < 25
