"""Distributions as an installer leaves them, in a folder of their own that is on the path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return `install(distribution, entry_points, modules)`, which makes a distribution of version 1.2 found.

    `entry_points` is the text of `entry_points.txt`; `modules` maps names of modules to their source.
    """
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def add(distribution: str, entry_points: str, modules: dict[str, str]) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(entry_points)
        for name, source in modules.items():
            file = tmp_path / f"{name.replace('.', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)

    yield add
    for name in set(sys.modules) - before:
        del sys.modules[name]
