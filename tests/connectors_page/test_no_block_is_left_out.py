"""Each block of docs/connectors.md that is not marked is in a part of the page that a test here takes whole."""

from __future__ import annotations

import pytest

from .conftest import PAGE, blocks, blocks_of

TAKEN = {
    "python": ["## A complete example", "### Errors", "## Building blocks", "## Test it", "## The suites"],
    "sh": ["## A complete example", "## Test it"],
}


@pytest.mark.parametrize("language", TAKEN)
def test_each_is_taken(language: str) -> None:
    taken = [block for heading in TAKEN[language] for block in blocks(language, heading)]
    assert sorted(taken) == sorted(blocks_of(PAGE.read_text(), language))
