"""Public names: what a module defines or imports as itself (`from ._x import y as y`), and which modules have them."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from typing import Any, TypeVar

MODULES = (
    "cocoindex",
    "cocoindex.connectorkits",
    "cocoindex.connectorkits.async_adapters",
    "cocoindex.connectorkits.batched_items",
    "cocoindex.connectorkits.deadline",
    "cocoindex.connectorkits.deprecation",
    "cocoindex.connectorkits.fingerprint",
    "cocoindex.connectorkits.record_reader",
    "cocoindex.connectorkits.record_type",
    "cocoindex.connectorkits.retry",
    "cocoindex.connectorkits.row_values",
    "cocoindex.connectorkits.sql",
    "cocoindex.connectorkits.table_plan",
    "cocoindex.connectorkits.statediff",
    "cocoindex.connectorkits.store_paths",
    "cocoindex.connectorkits.target",
    "cocoindex.connectorkits.text_values",
    "cocoindex.connectorkits.update_local",
    "cocoindex.errors",
    "cocoindex.inspect",
    "cocoindex.plugins",
    "cocoindex.testing",
)

# Modules of other distributions that have errors.
MODULES_WITH_ERRORS = (
    "cocoindex.connectors.amazon_s3.errors",
    "cocoindex.connectors.duckdb.errors",
    "cocoindex.connectors.localfs.errors",
    "cocoindex.connectors.postgres.errors",
    "cocoindex.connectors.sqlite.errors",
    "cocoindex.ops.code.errors",
    "cocoindex.ops.entity_resolution.errors",
    "cocoindex.ops.litellm.errors",
    "cocoindex.ops.sentence_transformers.errors",
    "cocoindex.ops.text.errors",
    "cocoindex.resources.embedder",
    "cocoindex.resources.file.errors",
    "cocoindex.resources.rate_limit",
    "cocoindex.resources.schema",
)


def public_names(module: str) -> dict[str, Any]:
    """Return the public names of a module with what they stand for."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None) or sorted(set(_written_names(inspect.getsource(loaded))))
    found = {name: getattr(loaded, name) for name in names}
    # A type variable that a module makes for itself is not meant for others.
    return {name: value for name, value in found.items() if module == "cocoindex" or not isinstance(value, TypeVar)}


def _written_names(source: str) -> Iterator[str]:
    body = ast.parse(source).body
    loaded_later = [inner for node in body if isinstance(node, ast.If) for inner in node.body]
    for node in [*body, *loaded_later]:
        for name in _names_of(node):
            if not name.startswith("_"):
                yield name


def _names_of(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names if alias.asname == alias.name]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []
