"""What a source file imports, wherever in it that stands: at its top, in a function, for type checkers only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Import(NamedTuple):
    """One imported module or name: `module` is its full dotted name, with that of what is taken from it."""

    file: Path
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def imports_of(file: Path) -> Iterator[Import]:
    """Return all imports of a file, relative ones with their full names."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _names(node, file):
                yield Import(file, node.lineno, name)


def package_of(file: Path) -> list[str]:
    """Return the parts of the package that relative imports in the file start from."""
    parts = list(file.parts)
    return parts[parts.index("src") + 1 : -1]


def _names(node: ast.Import | ast.ImportFrom, file: Path) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    package = package_of(file)
    base = package[: len(package) - node.level + 1] if node.level else []
    start = ".".join([*base, *([node.module] if node.module else [])])
    return [f"{start}.{alias.name}" for alias in node.names]
