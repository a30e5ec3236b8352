"""Connectors, operations and resources have no more power than a third party's: they use public names only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.layers.imports import ROOT, imports_of, package_of

FILES = sorted(
    file
    for folder in [*ROOT.glob("packages/*/src"), *ROOT.glob("tests/third_party/*/src")]
    if folder.parent.name != "cocoindex-core"
    for file in folder.rglob("*.py")
)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def own_package(file: Path) -> str:
    """The package that the file's distribution brings, such as `cocoindex.connectors.localfs`."""
    return ".".join(package_of(file)[:3])


def test_there_are_such_files() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_public_names_are_used(file: Path) -> None:
    for found in imports_of(file):
        private = any(is_private(part) for part in found.module.split("."))
        if found.module.split(".")[0] == "cocoindex" and private:
            assert found.module.startswith(f"{own_package(file)}."), str(found)
    assert private_attributes(file) == []


def private_attributes(file: Path) -> list[str]:
    """Private names that are taken from `cocoindex`, under whichever name it was imported."""
    tree = ast.parse(file.read_bytes())
    names = {
        alias.asname or "cocoindex"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "cocoindex"
    }
    return [
        f"{file}:{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) in names
    ]
