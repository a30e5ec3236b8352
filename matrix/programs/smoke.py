"""Run in the environment of a cell, `smoke.py JSON`: imports modules, loads plugins, imports the libraries they need.

The JSON has `modules`, `plugins` (names by entry-point group), `libraries` (names of distributions), and `source`: the
clone that editable modules lie in, or null where all come from wheels. Warnings of our modules are errors if `strict`.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any


def main(asked: dict[str, Any]) -> None:
    """Do what is asked for; raise where something is wrong."""
    with warnings.catch_warnings():
        if asked["strict"]:
            warnings.simplefilter("error")
        for name in asked["modules"]:
            come_from(importlib.import_module(name).__file__ or "", asked["source"])
        load_plugins(asked["plugins"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import_libraries(set(asked["libraries"]))
    print(f"{len(asked['modules'])} modules, {sum(map(len, asked['plugins'].values()))} plugins")


def come_from(file: str, source: str | None) -> None:
    """Raise where a module does not lie where it was installed from."""
    wanted = Path(source or sys.prefix).resolve()
    if wanted not in Path(file).resolve().parents:
        raise RuntimeError(f"{file} does not come from {'the clone' if source else 'a wheel'}")


def load_plugins(names: dict[str, list[str]]) -> None:
    """Load plugins by their entry points, as programs do."""
    for group, each in names.items():
        from cocoindex.plugins import load_plugin

        for name in each:
            load_plugin(group, name)


def import_libraries(distributions: set[str]) -> None:
    """Import what these distributions bring, by the name of each, or all names where none is like it."""
    brought: dict[str, list[str]] = {}
    for top, owners in packages_distributions().items():
        for owner in owners:
            brought.setdefault(owner.lower().replace("_", "-"), []).append(top)
    for distribution in distributions & set(brought):
        tops = [top for top in brought[distribution] if top.isidentifier() and not top.startswith("_")]
        own = distribution.replace("-", "_")
        for top in [own] if own in tops else tops:
            importlib.import_module(top)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
