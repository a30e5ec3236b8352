"""Functions made from source text, in modules that lie in files."""

from __future__ import annotations

import importlib.util
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Import a module `logic_sample` with the given source, from a new file, and return one object of it."""
    count = 0

    def load(source: str, name: str = "f") -> Any:
        nonlocal count
        count += 1
        path = tmp_path / str(count) / "logic_sample.py"
        path.parent.mkdir()
        path.write_bytes(textwrap.dedent(source).encode("utf-8", "surrogatepass"))
        found: Any = import_from(path)
        for part in name.split("."):
            found = found[part] if isinstance(found, dict) else getattr(found, part)
        return found

    def import_from(path: Path) -> ModuleType:
        spec = importlib.util.spec_from_file_location("logic_sample", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "logic_sample", module)
        spec.loader.exec_module(module)
        return module

    yield load
