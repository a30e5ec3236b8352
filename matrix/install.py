"""Tries one distribution alone, or all together: installs, checks, imports, loads plugins, and runs a program."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from matrix.cells import ALL, EDITABLE, NEWEST, OLDEST, UV, WHEEL, Cell
from matrix.environment import Environment
from matrix.supplies import Supplies
from release.contents import modules_of
from release.distributions import CORE, Distribution, closure

PROGRAMS = Path(__file__).with_name("programs")


def try_install(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try the cell; raise Ended where it fails."""
    extras = extras_of(cell.what, supplies.present)
    constraints = supplies.constraints(cell.python) if cell.deps == OLDEST else None
    environment.install(cell.installer, requirements(extras, cell.origin, supplies), constraints)
    environment.check()
    own = supplies.present if cell.what == ALL else [cell.what]
    # They are the same files, whoever installs them: one import of each is enough, as some take many seconds.
    once = (cell.origin, cell.installer) == (WHEEL, UV)
    smoke(
        environment,
        supplies,
        own,
        extras,
        strict=cell.deps == NEWEST,
        editable=cell.origin == EDITABLE,
        with_libraries=once,
    )
    if cell.what == CORE:
        environment.run(PROGRAMS / "core_alone.py", doing="core alone")
    elif cell.what == ALL:
        environment.run(PROGRAMS / "all_together.py", doing="all together")


def extras_of(what: str, present: dict[str, Distribution]) -> dict[str, set[str]]:
    """Return what is installed of ours, with the extras of each: one alone has none but what it needs itself."""
    if what != ALL:
        return closure(present[what], present)
    return {name: set(each.light_extras()) for name, each in present.items()}


def requirements(extras: dict[str, set[str]], origin: str, supplies: Supplies) -> list[str]:
    """Return what an installer takes to install these from the clone, or from wheels of it.

    Each is named by its path with its extras: pip takes the extras of an editable one from nowhere else.
    """
    parts: list[str] = []
    for name, asked in extras.items():
        place = supplies.wheel(name) if origin == WHEEL else supplies.present[name].folder
        ending = f"[{','.join(sorted(asked))}]" if asked else ""
        parts.extend([f"{place}{ending}"] if origin == WHEEL else ["-e", f"{place}{ending}"])
    return parts


def smoke(
    environment: Environment,
    supplies: Supplies,
    own: Iterable[str],
    extras: dict[str, set[str]],
    *,
    strict: bool,
    editable: bool,
    with_libraries: bool,
) -> None:
    """Import the modules and load the plugins of `own`, and, if asked, import what is needed for `extras`."""
    names = sorted(own)
    groups = [pair for name in names for pair in plugins_of(supplies.present[name])]
    needs = [need for name, asked in extras.items() for need in supplies.present[name].requirements(sorted(asked))]
    libraries = {need.name for need in needs} - set(supplies.present)
    asked = {
        "modules": [module for name in names for module in modules_of(supplies.wheel(name))],
        "plugins": {group: [plugin for key, plugin in groups if key == group] for group, _ in groups},
        "libraries": sorted(libraries) if with_libraries else [],
        "source": str(supplies.root) if editable else None,
        "strict": strict,
    }
    environment.run("-I", PROGRAMS / "smoke.py", json.dumps(asked), doing="imports")


def plugins_of(distribution: Distribution) -> list[tuple[str, str]]:
    """Return the entry points that programs load: the group and the name of each."""
    groups = distribution.entry_points.items()
    return [(group, name) for group, entries in groups if group.startswith("cocoindex.") for name in entries]
