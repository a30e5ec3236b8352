"""Each layer of the core imports only from those above it in the list, also in functions and for annotations."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.layers.imports import ROOT, Import, imports_of

CORE = ROOT / "packages/cocoindex-core/src/cocoindex"

# From the top down; the peers of one line may import each other.
LAYERS = (
    (
        "errors",
        "_api_version",
        "_deprecation",
        "_described",
        "_entry_points",
        "_errors",
        "_install_source",
        "_missing_module",
        "_moved_errors",
        "_peer_guard",
        "_plugin_finder",
        "_numbers",
        "_shown",
    ),
    ("_keys",),
    ("_values",),
    ("_store",),
    ("_runtime",),
    ("_target",),
    ("_function",),
    ("_runners",),
    ("_engine",),
    ("_live",),
    ("_component",),
    ("_progress",),
    ("_app",),
    ("_inspect",),
    ("inspect",),
    ("plugins",),
    ("connectorkits",),
    ("testing",),
    ("cli",),
    ("__main__",),
    ("__init__", "_loaded_later"),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def layer_of_file(file: Path) -> str:
    return file.relative_to(CORE).parts[0].removesuffix(".py")


def layer_of_module(module: str) -> str | None:
    """The layer of an imported name; None for what is not the core's."""
    parts = module.split(".")
    if parts[0] != "cocoindex":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in RANK else "__init__"


def is_allowed(found: Import) -> bool:
    layer = layer_of_module(found.module)
    return layer is None or RANK[layer] <= RANK[layer_of_file(found.file)]


FILES = sorted(CORE.rglob("*.py"))


def test_every_file_has_a_layer() -> None:
    assert {layer_of_file(file) for file in FILES} <= set(RANK)


@pytest.mark.parametrize("layer", [layer for layer in RANK if any(layer_of_file(file) == layer for file in FILES)])
def test_a_layer_imports_only_from_those_above(layer: str) -> None:
    files = [file for file in FILES if layer_of_file(file) == layer]
    assert [str(found) for file in files for found in imports_of(file) if not is_allowed(found)] == []
