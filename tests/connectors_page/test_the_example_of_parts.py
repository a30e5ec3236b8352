"""The example of a thing with parts runs as it stands in docs/connectors.md."""

from __future__ import annotations

from .conftest import blocks


def test_it_runs() -> None:
    [code] = blocks("python", "## Building blocks")
    exec(compile(code, "docs/connectors.md", "exec"), {})
