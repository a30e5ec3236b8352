"""Runs the tests of a distribution with the oldest dependencies that it allows."""

from __future__ import annotations

import tomllib
from pathlib import Path

from matrix.bounds import needs_of_others
from matrix.cells import EDITABLE, OLDEST, UV, Cell
from matrix.environment import Environment, demand, last_line
from matrix.install import extras_of, requirements
from matrix.outcome import Ended, Outcome
from matrix.supplies import Supplies
from release.distributions import closure


def try_suite(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try the cell: skipped where the tools of the tests need newer dependencies than the oldest."""
    extras = extras_of("all", supplies.present)
    group = tomllib.loads((supplies.root / "pyproject.toml").read_text())["dependency-groups"]["tests"]
    done = environment.try_to_install(
        UV, [*requirements(extras, EDITABLE, supplies), *group], _pins(cell, environment.folder, supplies)
    )
    if done.returncode and "No solution found" in done.stdout:
        raise Ended(Outcome.SKIPPED, f"the tools of the tests need newer ones: {last_line(done.stdout)}", done.stdout)
    if done.returncode:
        raise Ended(Outcome.FAILED, f"uv does not install it: {last_line(done.stdout)}", done.stdout)
    options = ("-q", "-p", "no:cacheprovider", f"--basetemp={environment.folder / 'temporary'}")
    tests = supplies.present[cell.what].folder / "tests"
    demand([environment.python, "-m", "pytest", *options, tests], supplies.root, "its tests")


def _pins(cell: Cell, folder: Path, supplies: Supplies) -> Path:
    """Write what this distribution, and those of ours that it needs, need themselves: what that needs may be newer."""
    distribution = supplies.present[cell.what]
    names = closure(distribution, supplies.present, distribution.light_extras())
    needs = {need.name for _, need in needs_of_others(supplies.present[name] for name in names)}
    file = folder / "pins.txt"
    oldest = supplies.locked(cell.python, OLDEST).versions
    file.write_text("".join(f"{name}=={oldest[name]}\n" for name in sorted(needs & set(oldest))))
    return file
