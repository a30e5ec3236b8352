"""The error of docs/connectors.md is caught by the framework's class and by the built-in one."""

from __future__ import annotations

import pytest

from cocoindex.errors import CocoIndexError

from .conftest import blocks


@pytest.mark.parametrize("caught", [CocoIndexError, OSError])
def test_it_is_caught(caught: type[Exception]) -> None:
    [code] = blocks("python", "### Errors")
    names: dict[str, type[Exception]] = {}
    exec(code, {"__name__": "shelf"}, names)
    with pytest.raises(caught):
        raise names["ShelfError"]("there is no shelf")
